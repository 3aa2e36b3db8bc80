#include "decibel.h"
#include "memory.h"
#include "model/model.h"
#include "train/check.h"
#include "train/held.h"
#include "train/initial.h"
#include "train/settle.h"
#include "train/step.h"
#include "train/truncation.h"
#include "train/validate.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SHARD_LANES = 8,       /* at least so many streams does one thread take at a time */
    MOST_SHARDS = 64,      /* each has a gradient of its own */
    PLATEAU = 5,           /* validations without a new best before the step is halved */
    VALIDATION_SHARE = 20, /* validate about one frame for so many trained */
};

static const double rate_floor = 1e-5;

void tc_train_options_init(struct tc_train_options *options)
{
    *options = (struct tc_train_options){
        .batch = 32,
        .warmup = 1000,
        .truncate = 512,
        .tail = 6.0f,
        .recurrent_rate = 0.1f,
        .negatives = 0.5f,
        .forget_bias = 1.0f,
        .learning_rate = 1e-2f,
        .clip_norm = 1.0f,
        .epochs = 1000,
        .patience = 25,
        .seed = 1,
    };
}

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool gives_probabilities(const struct tc_trainer *trainer)
{
    return trainer->arch.readout != TC_READOUT_LINEAR;
}

/* The first frame of a clip that carries loss. */
static size_t loss_from(const struct tc_trainer *trainer, const struct tc_clip *clip)
{
    return tc_clip_loss_from(clip, trainer->options.warmup);
}

/* Without a target behind the warm-up no model would score better than another. */
static enum tc_status check_validation(const struct tc_trainer *trainer, struct tc_error *error)
{
    bool heard = false;

    for (size_t c = 0; c < trainer->n_val; ++c)
        for (size_t t = loss_from(trainer, &trainer->val[c]); t < trainer->val[c].n_frames; ++t) {
            heard = true;
            if (gives_probabilities(trainer))
                return TC_OK;
            for (unsigned o = 0; o < trainer->arch.outputs; ++o)
                if (trainer->val[c].target[o][t] != 0.0f)
                    return TC_OK;
        }
    if (heard)
        return tc_fail(error, TC_BAD_ARGUMENT, "the validation target is silent");
    return tc_fail(error, TC_BAD_ARGUMENT,
                   "no validation clip is longer than the warm-up of %u frames",
                   trainer->options.warmup);
}

/* Mean square of the targets behind the warm-up; refused where they are silent or constant. */
static enum tc_status measure_target(struct tc_trainer *trainer, struct tc_error *error)
{
    double energy = 0.0, sum = 0.0, frames = 0.0;

    trainer->target_power = 1.0;
    if (gives_probabilities(trainer))
        return TC_OK;
    for (size_t c = 0; c < trainer->n_train; ++c)
        for (unsigned o = 0; o < trainer->arch.outputs; ++o)
            for (size_t t = loss_from(trainer, &trainer->train[c]); t < trainer->train[c].n_frames;
                 ++t) {
                const double v = trainer->target_gain * trainer->train[c].target[o][t];

                energy += v * v;
                sum += v;
                frames += 1.0;
            }
    if (!(energy > 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is silent");
    if (energy - sum * sum / frames <= 1e-9 * energy)
        return tc_fail(error, TC_BAD_ARGUMENT, "the target is constant at %g", sum / frames);
    trainer->target_power = energy / frames;
    return TC_OK;
}

/* ------------------------------------------------------------------ making */

/* States that a shard must keep: fixed truncation has all its frames in memory. */
static size_t kept_states(const struct tc_trainer *trainer)
{
    return trainer->options.truncation == TC_TRUNCATION_FIXED
               ? 0
               : (trainer->walk->longest + trainer->room - 1) / trainer->room;
}

static size_t kept_floats(const struct tc_trainer *trainer, size_t s)
{
    return kept_states(trainer) * tc_shard_state_floats(trainer->shard[s]);
}

static void lay_out(struct tc_trainer *trainer, struct tc_carver *carver)
{
    const bool random = tc_truncation_is_random(&trainer->options);

    trainer->parameters = tc_carve(carver, trainer->kept);
    trainer->best = tc_carve(carver, trainer->kept);
    trainer->behind = trainer->parameters + (trainer->kept - trainer->values);
    trainer->gradient = tc_carve(carver, trainer->values);
    trainer->optimizer.m = tc_carve(carver, trainer->values);
    trainer->optimizer.v = tc_carve(carver, trainer->values);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        trainer->shard_gradient[s] = tc_carve(carver, trainer->values);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        trainer->state[s] = tc_carve(carver, kept_floats(trainer, s));
    trainer->pass = tc_carve(carver, random ? trainer->walk->longest : 0);
}

/* Into how many shards lanes are divided: a power of two, which 2, 4, 8 threads share evenly. How,
 * depends on the number of lanes alone and never on that of threads: it fixes the order of sums. */
static size_t shards_for(size_t lanes)
{
    size_t shards = 1;

    while (shards < MOST_SHARDS && 2 * shards * SHARD_LANES <= lanes)
        shards *= 2;
    return shards;
}

static enum tc_status make_shards(struct tc_trainer *trainer, struct tc_error *error)
{
    const size_t lanes = trainer->walk->lanes;
    enum tc_status status = tc_weights_new(&trainer->weights, &trainer->arch, NULL, error);

    if (status)
        return status;
    trainer->n_shards = shards_for(lanes);
    trainer->shard = calloc(trainer->n_shards, sizeof *trainer->shard);
    trainer->shard_gradient = calloc(trainer->n_shards, sizeof *trainer->shard_gradient);
    trainer->shard_loss = calloc(trainer->n_shards, sizeof *trainer->shard_loss);
    trainer->state = calloc(trainer->n_shards, sizeof *trainer->state);
    trainer->first_lane = calloc(trainer->n_shards + 1, sizeof *trainer->first_lane);
    if (!trainer->shard || !trainer->shard_gradient || !trainer->shard_loss || !trainer->state ||
        !trainer->first_lane)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu shards", trainer->n_shards);
    for (size_t s = 0; !status && s < trainer->n_shards; ++s) {
        trainer->first_lane[s + 1] = lanes * (s + 1) / trainer->n_shards;
        status = tc_shard_new(&trainer->shard[s], trainer->weights,
                              (unsigned)(trainer->first_lane[s + 1] - trainer->first_lane[s]),
                              trainer->room, error);
    }
    return status;
}

static enum tc_status copy_clips(struct tc_clip **copy, const struct tc_clip *clips, size_t n,
                                 struct tc_error *error)
{
    *copy = malloc(n * sizeof **copy);
    if (!*copy)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu clips", n);
    memcpy(*copy, clips, n * sizeof *clips);
    return TC_OK;
}

static enum tc_status fill_parameters(struct tc_trainer *trainer, struct tc_error *error)
{
    enum tc_status status;

    trainer->random.state = trainer->options.seed;
    status = tc_initial_parameters(&trainer->arch, &trainer->options, &trainer->random,
                                   trainer->behind, error);
    if (trainer->options.memory)
        tc_initial_memory(&trainer->arch, trainer->options.memory, &trainer->random,
                          trainer->behind);
    tc_held_start(trainer->held, &trainer->random, trainer->behind);
    tc_step_make(trainer);
    memcpy(trainer->best, trainer->parameters, trainer->kept * sizeof *trainer->best);
    return status;
}

static enum tc_status make_vectors(struct tc_trainer *trainer, struct tc_error *error)
{
    struct tc_carver carver = {0};

    tc_architecture_tensors(&trainer->arch, NULL, &trainer->values);
    trainer->kept = trainer->held->n_matrices ? 2 * trainer->values : trainer->values;
    lay_out(trainer, &carver);
    trainer->memory = tc_floats_new(carver.used);
    if (!trainer->memory)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu parameters and %zu states",
                       trainer->values, kept_states(trainer));
    carver = (struct tc_carver){.base = trainer->memory};
    lay_out(trainer, &carver);
    trainer->optimizer.kind = trainer->options.optimizer;
    tc_optimizer_reset(&trainer->optimizer, trainer->values);
    return fill_parameters(trainer, error);
}

static enum tc_status fill_trainer(struct tc_trainer *trainer, const struct tc_clip *train,
                                   const struct tc_clip *val, struct tc_error *error)
{
    enum tc_status status = copy_clips(&trainer->train, train, trainer->n_train, error);

    if (!status)
        status = copy_clips(&trainer->val, val, trainer->n_val, error);
    if (!status)
        status = tc_walk_new(&trainer->walk, train, trainer->n_train, &trainer->options, error);
    if (!status)
        status = measure_target(trainer, error);
    if (!status)
        status = check_validation(trainer, error);
    if (!status)
        status = make_shards(trainer, error);
    if (!status)
        status = tc_held_new(&trainer->held, &trainer->arch, &trainer->options, error);
    if (!status)
        status = make_vectors(trainer, error);
    return status;
}

enum tc_status tc_trainer_new(struct tc_trainer **trainer, const struct tc_architecture *arch,
                              const struct tc_metadata *meta,
                              const struct tc_train_options *options, const struct tc_clip *train,
                              size_t n_train, const struct tc_clip *val, size_t n_val,
                              struct tc_error *error)
{
    enum tc_status status = tc_check_model(arch, meta, error);
    struct tc_trainer *made;

    if (!status)
        status = tc_check_options(options, error);
    if (!status)
        status = tc_check_clips(arch, meta, train, n_train, "training", error);
    if (!status)
        status = tc_check_clips(arch, meta, val, n_val, "validation", error);
    if (status)
        return status;
    made = calloc(1, sizeof *made);
    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a trainer");
    made->arch = *arch;
    made->meta = *meta;
    made->meta.training = NULL;
    made->options = *options;
    if (!options->threads)
        made->options.threads = (unsigned)omp_get_num_procs();
    made->n_train = n_train;
    made->n_val = n_val;
    made->in_gain = tc_gain_from_db(meta->in_gain_db);
    made->target_gain = tc_gain_from_db(-meta->out_gain_db);
    made->rate = options->learning_rate;
    made->room = tc_truncation_room(options);
    made->best_score = INFINITY;
    made->progress.best_esr = made->progress.best_nats = NAN;
    /* The first weights come from it, and must not depend on how many there are. */
    openblas_set_num_threads(1);
    status = fill_trainer(made, train, val, error);
    if (status) {
        tc_trainer_free(made);
        return status;
    }
    *trainer = made;
    return TC_OK;
}

void tc_trainer_free(struct tc_trainer *trainer)
{
    if (!trainer)
        return;
    for (size_t s = 0; trainer->shard && s < trainer->n_shards; ++s)
        tc_shard_free(trainer->shard[s]);
    free(trainer->shard);
    tc_weights_free(trainer->weights);
    tc_held_free(trainer->held);
    free(trainer->shard_gradient);
    free(trainer->shard_loss);
    free(trainer->state);
    free(trainer->first_lane);
    tc_walk_free(trainer->walk);
    free(trainer->train);
    free(trainer->val);
    free(trainer->memory);
    free(trainer);
}

const char *tc_trainer_kernels(const struct tc_trainer *trainer)
{
    return trainer->weights->k->name;
}

size_t tc_trainer_memory(const struct tc_trainer *trainer, unsigned *streams)
{
    size_t sum = 0;

    for (size_t s = 0; s < trainer->n_shards; ++s)
        sum += tc_shard_size(trainer->shard[s]) + kept_floats(trainer, s) * sizeof(float);
    if (streams)
        *streams = (unsigned)trainer->walk->lanes;
    return sum;
}

/* ------------------------------------------------------------------ a round, an epoch */

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
        *(gives_probabilities(trainer) ? &p->best_nats : &p->best_esr) = trainer->best_score;
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
    const double mean = tc_truncation_mean(&trainer->options, trainer->walk->longest);
    const double frames = fmin(mean, (double)trainer->walk->longest_loss);

    return 1.0 / (trainer->target_power * frames * (double)trainer->walk->lanes);
}

static enum tc_status walk_chunk(struct run *run, const struct tc_chunk *chunk,
                                 struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    const size_t heard = tc_step_frames(trainer, chunk);
    const bool learns = tc_step_has_loss(trainer, chunk);
    enum tc_status status = TC_OK;

    if (learns)
        status = tc_step(trainer, chunk, error);
    else
        tc_step_listen(trainer, chunk);
    trainer->progress.frames += heard;
    trainer->progress.epoch_done += (double)heard / (double)trainer->walk->loss_frames;
    if (learns)
        report(run, false, false);
    return status;
}

/* The chunk of a round that comes behind another: its own frames, and those it looks back on. */
static struct tc_chunk next_chunk(struct tc_trainer *trainer, const struct tc_chunk *before)
{
    const struct tc_train_options *const o = &trainer->options;
    const size_t end = before->start + before->n_frames, left = before->round->n_frames - end;
    const size_t own =
        tc_truncation_next(o, end - trainer->walk->warmup, left, &trainer->random, trainer->pass);
    const size_t keep = tc_truncation_look_back(o);
    struct tc_chunk chunk = *before;

    chunk.start += before->move;
    chunk.skip = end - chunk.start;
    chunk.n_frames = chunk.skip + own;
    chunk.move = chunk.n_frames > keep ? chunk.n_frames - keep : 0;
    return chunk;
}

static enum tc_status walk_round(struct run *run, const struct tc_round *round,
                                 struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_chunk chunk = {.round = round,
                             .start = trainer->walk->warmup,
                             .scale = loss_scale(trainer),
                             .pass =
                                 tc_truncation_is_random(&trainer->options) ? trainer->pass : NULL};
    enum tc_status status = TC_OK;

    tc_step_warm_up(trainer, round);
    while (!status && !ended(run) && chunk.start + chunk.n_frames < round->n_frames) {
        chunk = next_chunk(trainer, &chunk);
        status = walk_chunk(run, &chunk, error);
    }
    return status;
}

static enum tc_status present_model(const struct tc_trainer *trainer, const float *parameters,
                                    struct tc_model **model, struct tc_error *error)
{
    return tc_model_new(model, &trainer->arch, &trainer->meta, parameters, error);
}

/* What is to be small: kept where the progress has it. */
static double take_score(struct tc_trainer *trainer, const struct tc_score *score)
{
    struct tc_progress *const p = &trainer->progress;

    if (gives_probabilities(trainer))
        return p->nats = tc_score_nats(score);
    return p->esr = tc_score_esr(score);
}

/* Score the present weights; keep them if they are the best, else count towards the plateau. */
static enum tc_status validate(struct run *run, struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_model *model = NULL;
    struct tc_score sums;
    enum tc_status status = present_model(trainer, trainer->parameters, &model, error);
    double score;
    bool improved;

    if (!status)
        status = tc_validate(model, trainer->val, trainer->n_val, trainer->options.warmup,
                             trainer->options.threads, &sums, error);
    tc_model_free(model);
    if (status)
        return status;
    score = take_score(trainer, &sums);
    improved = score < trainer->best_score;
    ++trainer->since_best;
    ++trainer->since_halved;
    if (improved) {
        trainer->best_score = score;
        memcpy(trainer->best, trainer->parameters, trainer->kept * sizeof *trainer->best);
        trainer->since_best = trainer->since_halved = 0;
        trainer->undone_since_restart = 0;
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
                          rint(VALIDATION_SHARE * frames / (double)trainer->walk->loss_frames));
}

static enum tc_status walk_epoch(struct run *run, struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    enum tc_status status = TC_OK;

    ++trainer->progress.epoch;
    trainer->progress.epoch_done = 0.0;
    tc_walk_epoch(trainer->walk, &trainer->random);
    for (size_t r = 0; !status && !ended(run) && r < trainer->walk->n_rounds; ++r)
        status = walk_round(run, &trainer->walk->round[r], error);
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
        status = walk_epoch(&run, error);
        if (!status && !ended(&run) && trainer->progress.epoch % interval == 0)
            status = validate(&run, error);
        if (trainer->since_best >= trainer->options.patience) {
            why = TC_END_PATIENCE;
            break;
        }
    }
    /* A short training may be over before so many steps failed as end a longer one. */
    if (!status && trainer->progress.undone && !trainer->progress.updates)
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

/* ------------------------------------------------------------------ the result */

/* Sequences begin from zero; what plays on and on begins where silence leaves it. */
static bool has_sequences(const struct tc_trainer *trainer)
{
    for (size_t c = 0; c < trainer->n_train; ++c)
        if (trainer->train[c].whole)
            return true;
    return false;
}

enum tc_status tc_trainer_best(const struct tc_trainer *trainer, const char *training,
                               struct tc_model **model, struct tc_error *error)
{
    float *const settled = tc_floats_new(trainer->values);
    struct tc_metadata meta = trainer->meta;
    struct tc_model *from_zero = NULL;
    enum tc_status status;

    if (!settled)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for the model");
    meta.training = training;
    memcpy(settled, trainer->best, trainer->values * sizeof *settled);
    status = present_model(trainer, trainer->best, &from_zero, error);
    if (!status && !has_sequences(trainer) && tc_settle(from_zero, settled))
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for the start state");
    if (!status)
        status = tc_model_new(model, &trainer->arch, &meta, settled, error);
    tc_model_free(from_zero);
    free(settled);
    return status;
}
