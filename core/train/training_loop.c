#include "clock.h"
#include "train/health/stability.h"
#include "train/learning_rate.h"
#include "train/measure/better_score.h"
#include "train/measure/validation.h"
#include "train/rejection.h"
#include "train/average.h"
#include "train/step.h"
#include "train/truncation.h"

#include <math.h>
#include <string.h>

enum {
    VALIDATION_INTERVAL = 20 /* validate about one frame for so many trained */
};

/* One call of tc_trainer_run(): nothing here is needed to continue it later. */
struct training_loop {
    struct tc_trainer *trainer;
    tc_progress_fn *progress;
    void *user;
    bool stopped, timed_out;
};

static bool ended(const struct training_loop *loop)
{
    return loop->stopped || loop->timed_out;
}

/* ------------------------------------------------------------------ reports */

static double mean_of(double sum, uint64_t n)
{
    return n ? sum / (double)n : (double)NAN;
}

static struct tc_progress progress_of(const struct tc_trainer *trainer)
{
    const struct tc_training_totals *const totals = &trainer->state.totals;
    const double seconds = tc_now_s() - trainer->started_s;

    return (struct tc_progress){
        .epoch = trainer->state.position.epoch,
        .epoch_done = totals->epoch_done,
        .updates = totals->updates,
        .frames = totals->frames,
        .rejected = totals->rejected,
        .seconds = seconds,
        .frames_per_second =
            seconds > 0.0 ? (double)(totals->frames - trainer->started_frames) / seconds : 0.0,
        .loss = mean_of(totals->loss_sum, totals->loss_count),
        .score = totals->score,
        .best_score = trainer->state.schedule.best_score,
        .learning_rate = tc_learning_rate(trainer),
    };
}

/* The state is complete: the progress function may save it. */
static void report(struct training_loop *loop, const struct tc_progress *p)
{
    const struct tc_reduction *const reduction = loop->trainer->reduction;
    const double limit = loop->trainer->options.time_limit_s;
    const bool go_on = !loop->progress || loop->progress(p, loop->user);

    loop->stopped = reduction->any(reduction, loop->stopped || !go_on);
    loop->timed_out =
        reduction->any(reduction, loop->timed_out || (limit > 0.0 && p->seconds >= limit));
}

/* ------------------------------------------------------------------ chunks and batches */

/* What makes the loss of a chunk a mean: the frames with loss of one that is as full as any. */
static double loss_scale(const struct tc_trainer *trainer)
{
    const double mean = tc_truncation_mean(&trainer->options, trainer->sampler->longest);
    const double frames = fmin(mean, (double)trainer->sampler->longest_loss);

    return 1.0 / (trainer->loss.denominator * frames * (double)trainer->sampler->n_sequences);
}

/* The chunk after the last one of the batch: its own frames, and those it recomputes. */
static struct tc_chunk next_chunk(struct tc_trainer *trainer, const struct tc_batch *batch)
{
    const struct tc_train_options *const o = &trainer->options;
    const struct tc_training_position *const last = &trainer->state.position;
    const size_t end = last->chunk_start + last->chunk_frames, remaining = batch->n_frames - end;
    const size_t own = tc_truncation_next(o, end - trainer->sampler->warmup, remaining,
                                          &trainer->state.random, trainer->gradient_factor);
    const size_t recomputed_later = tc_truncation_recomputed(o);
    struct tc_chunk chunk = {.batch = batch, .scale = loss_scale(trainer)};

    chunk.start = last->chunk_start + last->chunk_advance;
    chunk.recomputed = end - chunk.start;
    chunk.n_frames = chunk.recomputed + own;
    chunk.advance = chunk.n_frames > recomputed_later ? chunk.n_frames - recomputed_later : 0;
    if (tc_truncation_is_random(o))
        chunk.gradient_factor = trainer->gradient_factor;
    return chunk;
}

static enum tc_status train_chunk(struct training_loop *loop, const struct tc_chunk *chunk,
                                  struct tc_error *error)
{
    struct tc_trainer *const trainer = loop->trainer;
    struct tc_training_totals *const totals = &trainer->state.totals;
    struct tc_training_position *const position = &trainer->state.position;
    const size_t frames = tc_chunk_frames(chunk, trainer->sampler);
    const bool has_loss = tc_chunk_has_loss(chunk, trainer->sampler, trainer->train);
    enum tc_status status = TC_OK;

    tc_learning_rate_begin_step(trainer);
    if (has_loss)
        status = tc_step(trainer, chunk, error);
    else
        tc_step_forward_only(trainer, chunk);
    position->chunk_start = chunk->start;
    position->chunk_frames = chunk->n_frames;
    position->chunk_advance = chunk->advance;
    totals->frames += frames;
    totals->epoch_done += (double)frames / (double)trainer->sampler->loss_frames;
    if (has_loss) {
        const struct tc_progress p = progress_of(trainer);

        report(loop, &p);
    }
    return status;
}

static void begin_batch(struct tc_trainer *trainer, const struct tc_batch *batch)
{
    struct tc_training_position *const position = &trainer->state.position;

    if (trainer->options.dropout > 0.0f)
        position->dropout_seed = tc_random_bits(&trainer->state.random);
    position->chunk_start = trainer->sampler->warmup;
    position->chunk_advance = 0;
    trainer->state.schedule.last_rejected = false;
    tc_step_warm_up(trainer, batch);
}

/* After a rejected step the sequences no longer are where the encoder left them: their batch ends.
 */
static bool batch_done(const struct tc_trainer *trainer, const struct tc_batch *batch)
{
    const struct tc_training_position *const last = &trainer->state.position;

    if (trainer->encoder && last->chunk_frames && trainer->state.schedule.last_rejected)
        return true;
    return last->chunk_start + last->chunk_frames >= batch->n_frames;
}

/* Begin the present batch, or continue it after the last chunk that was done. */
static enum tc_status train_batch(struct training_loop *loop, struct tc_error *error)
{
    struct tc_trainer *const trainer = loop->trainer;
    struct tc_training_position *const position = &trainer->state.position;
    const struct tc_batch *const batch = &trainer->state.batch[position->batch];
    enum tc_status status = TC_OK;

    if (!position->chunk_frames)
        begin_batch(trainer, batch);
    while (!status && !ended(loop) && !batch_done(trainer, batch)) {
        const struct tc_chunk chunk = next_chunk(trainer, batch);

        status = train_chunk(loop, &chunk, error);
    }
    if (!status && !ended(loop)) {
        ++position->batch;
        position->chunk_frames = 0;
    }
    return status;
}

/* ------------------------------------------------------------------ validation */

static enum tc_status measure_score(const struct tc_trainer *trainer, const float *parameters,
                                    double *score, struct tc_error *error)
{
    struct tc_model *model = NULL, *encoder = NULL;
    struct tc_score sums;
    enum tc_status status = tc_trainer_model(trainer, parameters, &model, error);

    if (!status && trainer->encoder)
        status = tc_trainer_encoder_model(trainer, parameters, &encoder, error);
    if (!status)
        status = tc_validate(model, encoder, trainer->val, trainer->n_val, trainer->options.warmup,
                             trainer->options.threads, &sums, error);
    tc_model_free(encoder);
    tc_model_free(model);
    if (!status)
        *score = trainer->metric->value(&sums);
    return status;
}

/* The better ones of the present weights and their average, and their score. */
static enum tc_status find_candidate(struct tc_trainer *trainer, const float **candidate,
                                     double *score, struct tc_error *error)
{
    const float *const average = tc_average_parameters(trainer);
    double averaged = (double)NAN;
    enum tc_status status;

    *candidate = trainer->state.parameters;
    status = measure_score(trainer, *candidate, score, error);
    if (!status && average)
        status = measure_score(trainer, average, &averaged, error);
    if (!status && tc_score_is_better(trainer->metric, averaged, *score)) {
        *candidate = average;
        *score = averaged;
    }
    return status;
}

/* Keep the candidate if it is the best, else count towards the plateau. */
static void judge(struct tc_trainer *trainer, const float *candidate, bool improved)
{
    struct tc_training_state *const state = &trainer->state;
    struct tc_training_schedule *const schedule = &state->schedule;

    ++schedule->since_best;
    ++schedule->since_halved;
    if (improved) {
        schedule->best_score = state->totals.score;
        memcpy(state->best, candidate, state->n.saved * sizeof *state->best);
        schedule->since_best = schedule->since_halved = 0;
    } else {
        tc_learning_rate_plateau(trainer);
    }
}

static enum tc_status record(struct tc_trainer *trainer, const float *candidate, bool improved,
                             struct tc_error *error)
{
    const struct tc_training_totals *const totals = &trainer->state.totals;
    const struct tc_history_entry entry = {
        .epoch = trainer->state.position.epoch,
        .updates = totals->updates,
        .frames = totals->frames,
        .rejected = totals->rejected,
        .loss = mean_of(totals->loss_sum, totals->loss_count),
        .gradient_norm = mean_of(totals->norm_sum, totals->loss_count),
        .learning_rate = tc_learning_rate(trainer),
        .score = totals->score,
        .improved = improved,
        .averaged = candidate == trainer->state.average,
    };

    return tc_training_state_record(&trainer->state, &entry, error);
}

/* Whether a candidate becomes the best model: its score is better than the best one, and it is not
 * chaotic. The first one is taken in any case, so that there is one. */
static enum tc_status is_improvement(const struct tc_trainer *trainer, const float *candidate,
                                     bool *improved, bool *runs_away, struct tc_error *error)
{
    const double best = trainer->state.schedule.best_score;
    const bool is_better = tc_score_is_better(trainer->metric, trainer->state.totals.score, best);
    enum tc_status status = TC_OK;

    *runs_away = false;
    if (is_better && !isnan(best))
        status = tc_stability_check(trainer, candidate, runs_away, error);
    *improved = is_better && !*runs_away;
    return status;
}

static enum tc_status validate(struct training_loop *loop, struct tc_error *error)
{
    struct tc_trainer *const trainer = loop->trainer;
    struct tc_training_totals *const totals = &trainer->state.totals;
    const float *candidate;
    enum tc_status status = find_candidate(trainer, &candidate, &totals->score, error);
    bool improved, runs_away;
    struct tc_progress p;

    if (!status)
        status = is_improvement(trainer, candidate, &improved, &runs_away, error);
    if (!status)
        status = record(trainer, candidate, improved, error);
    if (status)
        return status;
    judge(trainer, candidate, improved);
    p = progress_of(trainer);
    p.validated = true;
    p.improved = improved;
    p.runs_away = runs_away;
    totals->loss_sum = totals->norm_sum = 0.0;
    totals->loss_count = 0;
    trainer->state.position.phase = TC_PHASE_VALIDATED;
    report(loop, &p);
    return TC_OK;
}

/* So many epochs from one validation to the next that it takes a small part of the time. */
static unsigned validation_interval(const struct tc_trainer *trainer)
{
    double frames = 0.0;

    for (size_t c = 0; c < trainer->n_val; ++c)
        frames += (double)trainer->val[c].n_frames;
    return (unsigned)fmax(
        1.0, rint(VALIDATION_INTERVAL * frames / (double)trainer->sampler->loss_frames));
}

/* ------------------------------------------------------------------ epochs */

static void begin_epoch(struct tc_trainer *trainer)
{
    struct tc_training_position *const position = &trainer->state.position;

    tc_sampler_next_epoch(trainer->sampler, &trainer->state.random);
    ++position->epoch;
    position->phase = TC_PHASE_EPOCH;
    position->batch = 0;
    position->chunk_frames = 0;
    trainer->state.totals.epoch_done = 0.0;
}

/* Begin an epoch, or continue one. */
static enum tc_status train_epoch(struct training_loop *loop, struct tc_error *error)
{
    struct tc_trainer *const trainer = loop->trainer;
    enum tc_status status = TC_OK;

    if (trainer->state.position.phase != TC_PHASE_EPOCH)
        begin_epoch(trainer);
    while (!status && !ended(loop) && trainer->state.position.batch < trainer->state.n.batches)
        status = train_batch(loop, error);
    return status;
}

static bool patience_is_over(const struct tc_trainer *trainer)
{
    return trainer->options.schedule != TC_SCHEDULE_COSINE &&
           trainer->state.schedule.since_best >= trainer->options.patience;
}

/* Epochs until an end; *patience: whether it was this one. */
static enum tc_status train_epochs(struct training_loop *loop, bool *patience,
                                   struct tc_error *error)
{
    struct tc_trainer *const trainer = loop->trainer;
    const struct tc_training_position *const position = &trainer->state.position;
    const unsigned interval = validation_interval(trainer);
    enum tc_status status = TC_OK;

    *patience = position->phase == TC_PHASE_VALIDATED && patience_is_over(trainer);
    while (!status && !ended(loop) && !*patience &&
           (position->phase == TC_PHASE_EPOCH || position->epoch < trainer->options.epochs)) {
        status = train_epoch(loop, error);
        if (!status && !ended(loop) && position->epoch % interval == 0)
            status = validate(loop, error);
        else if (!status && !ended(loop))
            trainer->state.position.phase = TC_PHASE_BETWEEN;
        *patience = patience_is_over(trainer);
    }
    return status;
}

enum tc_status tc_trainer_run(struct tc_trainer *trainer, tc_progress_fn *progress, void *user,
                              enum tc_train_end *end, struct tc_error *error)
{
    struct training_loop loop = {trainer, progress, user, false, false};
    const struct tc_training_totals *const totals = &trainer->state.totals;
    bool patience = false;
    enum tc_status status;

    trainer->started_s = tc_now_s();
    trainer->started_frames = trainer->state.totals.frames;
    tc_learning_rate_begin_run(trainer);
    trainer->state.totals.score = (double)NAN;
    status = tc_rejection_check(trainer, error);
    if (!status && trainer->starts_from_model && trainer->state.n_history == 0)
        status = validate(&loop, error);
    if (!status)
        status = train_epochs(&loop, &patience, error);
    /* A short training may be over before so many steps were undone as end a longer one. */
    if (!status && totals->rejected && !totals->updates)
        status = tc_rejection_fail(trainer, error);
    /* The last updates count, too; a user who stops wants the end now, unless nothing is scored. */
    if (!status &&
        ((totals->loss_count && !loop.stopped) || isnan(trainer->state.schedule.best_score)))
        status = validate(&loop, error);
    trainer->state.position.phase = TC_PHASE_BETWEEN;
    if (!status && end)
        *end = loop.stopped     ? TC_END_STOPPED
               : loop.timed_out ? TC_END_TIME
               : patience       ? TC_END_PATIENCE
                                : TC_END_EPOCHS;
    return status;
}
