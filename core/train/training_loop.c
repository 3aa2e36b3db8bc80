#include "train/step.h"
#include "train/truncation.h"
#include "train/measure/validation.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum {
    PLATEAU = 5,          /* validations without a new best before the step is halved */
    VALIDATION_SHARE = 20 /* validate about one frame for so many trained */
};

static const double rate_floor = 1e-5;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What the training loop needs at hand all the way down. */
struct run {
    struct tc_trainer *trainer;
    tc_progress_fn *progress;
    void *user;
    bool stopped, timed_out;
};

static void report(struct run *run, bool validated, bool improved)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_progress *const p = &trainer->progress;

    p->validated = validated;
    p->improved = improved;
    p->seconds = now_s() - trainer->started_s;
    p->frames_per_second = p->seconds > 0.0 ? (double)p->frames / p->seconds : 0.0;
    p->loss = trainer->loss_count ? trainer->loss_sum / (double)trainer->loss_count : NAN;
    if (isfinite(trainer->best_score))
        *(tc_trainer_gives_probabilities(trainer) ? &p->best_nats : &p->best_esr) =
            trainer->best_score;
    p->learning_rate = trainer->rate;
    if (run->progress && !run->progress(p, run->user))
        run->stopped = true;
    if (trainer->options.time_limit_s > 0.0 && p->seconds >= trainer->options.time_limit_s)
        run->timed_out = true;
}

static bool ended(const struct run *run)
{
    return run->stopped || run->timed_out;
}

/* What makes the loss of a chunk a mean: the frames with loss of one that is as full as any. */
static double loss_scale(const struct tc_trainer *trainer)
{
    const double mean = tc_truncation_mean(&trainer->options, trainer->sampler->longest);
    const double frames = fmin(mean, (double)trainer->sampler->longest_loss);

    return 1.0 / (trainer->target_power * frames * (double)trainer->sampler->n_sequences);
}

static enum tc_status train_chunk(struct run *run, const struct tc_chunk *chunk,
                                  struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    const size_t heard = tc_step_frames(trainer, chunk);
    const bool learns = tc_step_has_loss(trainer, chunk);
    enum tc_status status = TC_OK;

    if (learns)
        status = tc_step(trainer, chunk, error);
    else
        tc_step_forward_only(trainer, chunk);
    trainer->progress.frames += heard;
    trainer->progress.epoch_done += (double)heard / (double)trainer->sampler->loss_frames;
    if (learns)
        report(run, false, false);
    return status;
}

/* The chunk of a batch that comes behind another: its own frames, and those it looks back on. */
static struct tc_chunk next_chunk(struct tc_trainer *trainer, const struct tc_chunk *before)
{
    const struct tc_train_options *const o = &trainer->options;
    const size_t end = before->start + before->n_frames, left = before->batch->n_frames - end;
    const size_t own = tc_truncation_next(o, end - trainer->sampler->warmup, left, &trainer->random,
                                          trainer->gradient_factor);
    const size_t keep = tc_truncation_recomputed(o);
    struct tc_chunk chunk = *before;

    chunk.start += before->move;
    chunk.skip = end - chunk.start;
    chunk.n_frames = chunk.skip + own;
    chunk.move = chunk.n_frames > keep ? chunk.n_frames - keep : 0;
    return chunk;
}

static enum tc_status train_batch(struct run *run, const struct tc_batch *batch,
                                  struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_chunk chunk = {
        .batch = batch,
        .start = trainer->sampler->warmup,
        .scale = loss_scale(trainer),
        .pass = tc_truncation_is_random(&trainer->options) ? trainer->gradient_factor : NULL};
    enum tc_status status = TC_OK;

    if (trainer->options.dropout > 0.0f)
        trainer->drop_seed = tc_random_bits(&trainer->random);
    tc_step_warm_up(trainer, batch);
    while (!status && !ended(run) && chunk.start + chunk.n_frames < batch->n_frames) {
        chunk = next_chunk(trainer, &chunk);
        status = train_chunk(run, &chunk, error);
        if (trainer->encoder && trainer->rejected_in_row)
            break; /* the streams no longer are where the encoder left them */
    }
    return status;
}

/* What is to be small: kept where the progress has it. */
static double take_score(struct tc_trainer *trainer, const struct tc_score *score)
{
    struct tc_progress *const p = &trainer->progress;

    if (tc_trainer_gives_probabilities(trainer))
        return p->nats = tc_score_nats(score);
    return p->esr = tc_score_esr(score);
}

/* Score the present weights; keep them if they are the best, else count towards the plateau. */
static enum tc_status validate(struct run *run, struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_model *model = NULL, *encoder = NULL;
    struct tc_score sums;
    enum tc_status status = tc_trainer_model(trainer, trainer->parameters, &model, error);
    double score;
    bool improved;

    if (!status && trainer->encoder)
        status = tc_trainer_encoder_model(trainer, trainer->parameters, &encoder, error);
    if (!status)
        status = tc_validate(model, encoder, trainer->val, trainer->n_val, trainer->options.warmup,
                             trainer->options.threads, &sums, error);
    tc_model_free(encoder);
    tc_model_free(model);
    if (status)
        return status;
    score = take_score(trainer, &sums);
    improved = score < trainer->best_score;
    ++trainer->since_best;
    ++trainer->since_halved;
    if (improved) {
        trainer->best_score = score;
        memcpy(trainer->best, trainer->parameters, trainer->n_saved * sizeof *trainer->best);
        trainer->since_best = trainer->since_halved = 0;
        trainer->rejected_since_restart = 0;
    } else if (trainer->since_halved >= PLATEAU) {
        trainer->rate = fmax(fmin(rate_floor, trainer->rate), 0.5 * trainer->rate);
        trainer->since_halved = 0;
    }
    report(run, true, improved);
    trainer->loss_sum = 0.0;
    trainer->loss_count = 0;
    return TC_OK;
}

/* So many epochs from one validation to the next that it takes a small part of the time. */
static unsigned validation_interval(const struct tc_trainer *trainer)
{
    double frames = 0.0;

    for (size_t c = 0; c < trainer->n_val; ++c)
        frames += (double)trainer->val[c].n_frames;
    return (unsigned)fmax(1.0,
                          rint(VALIDATION_SHARE * frames / (double)trainer->sampler->loss_frames));
}

static enum tc_status train_epoch(struct run *run, struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    enum tc_status status = TC_OK;

    ++trainer->progress.epoch;
    trainer->progress.epoch_done = 0.0;
    tc_sampler_next_epoch(trainer->sampler, &trainer->random);
    for (size_t r = 0; !status && !ended(run) && r < trainer->sampler->n_batches; ++r)
        status = train_batch(run, &trainer->sampler->batch[r], error);
    return status;
}

enum tc_status tc_trainer_run(struct tc_trainer *trainer, tc_progress_fn *progress, void *user,
                              enum tc_train_end *end, struct tc_error *error)
{
    struct run run = {trainer, progress, user, false, false};
    const unsigned interval = validation_interval(trainer);
    enum tc_train_end why = TC_END_EPOCHS;
    enum tc_status status = TC_OK;

    trainer->started_s = now_s();
    trainer->progress.esr = trainer->progress.nats = NAN;
    while (!status && !ended(&run) && trainer->progress.epoch < trainer->options.epochs) {
        status = train_epoch(&run, error);
        if (!status && !ended(&run) && trainer->progress.epoch % interval == 0)
            status = validate(&run, error);
        if (trainer->since_best >= trainer->options.patience) {
            why = TC_END_PATIENCE;
            break;
        }
    }
    /* A short training may be over before so many steps failed as end a longer one. */
    if (!status && trainer->progress.rejected && !trainer->progress.updates)
        status = tc_step_give_up(trainer, error);
    /* The last updates count, too; a user who stops wants the end now, unless nothing is scored. */
    if (!status && ((trainer->loss_count && !run.stopped) || !isfinite(trainer->best_score)))
        status = validate(&run, error);
    if (run.timed_out)
        why = TC_END_TIME;
    if (run.stopped)
        why = TC_END_STOPPED;
    if (!status && end)
        *end = why;
    return status;
}
