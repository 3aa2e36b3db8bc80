#include "memory.h"
#include "model/model.h"
#include "stream/stream.h"
#include "train/adam.h"
#include "train/initial.h"
#include "train/loss.h"
#include "train/validate.h"
#include "train/walk.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SHARD_LANES = 16,     /* streams that one thread takes at a time; fixes the order of all sums */
    PLATEAU = 5,          /* validations without a new best before the step is halved */
    RESTART_AFTER = 8,    /* steps undone without a new best before the best weights come back */
    GIVE_UP_AFTER = 64,   /* steps undone in a row that end the training */
    MAX_THREADS = 1024,   /* OpenMP ends the program when it cannot start so many as it is told */
    VALIDATION_SHARE = 6, /* validate at most one frame for so many trained */
};

static const double rate_floor = 1e-5;

struct tc_trainer {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_clip *train, *val;
    size_t n_train, n_val;
    struct tc_walk *walk;
    struct tc_random random;

    size_t values; /* length of every vector of parameters */
    float *parameters, *best, *gradient;
    struct tc_adam adam;
    float *memory;

    size_t n_shards;
    struct tc_shard **shard;
    size_t *first_lane;     /* [n_shards + 1] */
    float **shard_gradient; /* [n_shards] */
    double *shard_loss;

    float in_gain, target_gain;
    double target_power;
    double rate, best_esr;
    double loss_sum;
    unsigned since_best, since_halved;
    unsigned undone_in_row, undone_since_restart; /* or since a new best */
    uint64_t loss_count;
    struct tc_progress progress;
    double started;
};

void tc_train_options_init(struct tc_train_options *options)
{
    *options = (struct tc_train_options){
        .batch = 64,
        .warmup = 1000,
        .truncate = 1024,
        .learning_rate = 5e-3f,
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

/* ------------------------------------------------------------------ checks */

static enum tc_status check_ends(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->epochs < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "0 epochs, expected at least 1");
    if (o->patience < 1)
        return tc_fail(error, TC_BAD_ARGUMENT, "a patience of 0 validations, expected at least 1");
    if (!(o->time_limit_s >= 0.0))
        return tc_fail(error, TC_BAD_ARGUMENT, "a time limit of %g s, expected 0 or more",
                       o->time_limit_s);
    return TC_OK;
}

static enum tc_status check_options(const struct tc_train_options *o, struct tc_error *error)
{
    if (o->batch < 1 || o->batch > 4096)
        return tc_fail(error, TC_BAD_ARGUMENT, "a batch of %u, expected 1 to 4096", o->batch);
    if (o->truncate < 1 || o->truncate > 1u << 20)
        return tc_fail(error, TC_BAD_ARGUMENT, "chunks of %u frames, expected 1 to %u", o->truncate,
                       1u << 20);
    if (!(o->learning_rate > 0.0f && o->learning_rate <= 1.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a learning rate of %g, expected (0, 1]",
                       o->learning_rate);
    if (!(o->clip_norm >= 0.0f))
        return tc_fail(error, TC_BAD_ARGUMENT, "a clip norm of %g, expected 0 or more",
                       o->clip_norm);
    if (o->threads > MAX_THREADS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u threads, expected at most %d", o->threads,
                       MAX_THREADS);
    return check_ends(o, error);
}

/* A model of the shape and metadata, to learn now and not after an epoch that there is none. */
static enum tc_status check_model(const struct tc_architecture *arch,
                                  const struct tc_metadata *meta, struct tc_error *error)
{
    struct tc_model *model = NULL;
    size_t values;
    float *zeros;
    enum tc_status status = tc_architecture_check(arch, error);

    if (status)
        return status;
    tc_architecture_tensors(arch, NULL, &values);
    zeros = tc_floats_new(values);
    if (!zeros)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu parameters", values);
    status = tc_model_new(&model, arch, meta, zeros, error);
    tc_model_free(model);
    free(zeros);
    return status;
}

static enum tc_status check_samples(const float *samples, size_t n, const char *set, size_t clip,
                                    const char *what, struct tc_error *error)
{
    for (size_t t = 0; t < n; ++t)
        if (!isfinite(samples[t]))
            return tc_fail(error, TC_BAD_VALUE, "%s clip %zu: %s frame %zu is %g", set, clip, what,
                           t, samples[t]);
    return TC_OK;
}

static enum tc_status check_knobs(const struct tc_architecture *arch,
                                  const struct tc_metadata *meta, const struct tc_clip *clip,
                                  const char *set, size_t index, struct tc_error *error)
{
    for (unsigned k = 0; k < arch->knobs; ++k)
        if (!isfinite(clip->knob[k]))
            return tc_fail(error, TC_BAD_VALUE, "%s clip %zu: knob %s is %g", set, index,
                           meta->knob[k].name, clip->knob[k]);
    return TC_OK;
}

static enum tc_status check_clips(const struct tc_architecture *arch,
                                  const struct tc_metadata *meta, const struct tc_clip *clips,
                                  size_t n, const char *set, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (!n)
        return tc_fail(error, TC_BAD_ARGUMENT, "no %s clips", set);
    for (size_t c = 0; !status && c < n; ++c) {
        status = check_knobs(arch, meta, &clips[c], set, c, error);
        for (unsigned a = 0; !status && a < arch->audio_inputs; ++a)
            status = check_samples(clips[c].input[a], clips[c].n_frames, set, c, "input", error);
        for (unsigned o = 0; !status && o < arch->outputs; ++o)
            status = check_samples(clips[c].target[o], clips[c].n_frames, set, c, "target", error);
    }
    return status;
}

/* Without a target behind the warm-up no model would score better than another. */
static enum tc_status check_validation(const struct tc_trainer *trainer, struct tc_error *error)
{
    bool heard = false;

    for (size_t c = 0; c < trainer->n_val; ++c)
        for (size_t t = trainer->options.warmup; t < trainer->val[c].n_frames; ++t) {
            heard = true;
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

    for (size_t c = 0; c < trainer->n_train; ++c)
        for (unsigned o = 0; o < trainer->arch.outputs; ++o)
            for (size_t t = trainer->options.warmup; t < trainer->train[c].n_frames; ++t) {
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

static void lay_out(struct tc_trainer *trainer, struct tc_carver *carver)
{
    trainer->parameters = tc_carve(carver, trainer->values);
    trainer->best = tc_carve(carver, trainer->values);
    trainer->gradient = tc_carve(carver, trainer->values);
    trainer->adam.m = tc_carve(carver, trainer->values);
    trainer->adam.v = tc_carve(carver, trainer->values);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        trainer->shard_gradient[s] = tc_carve(carver, trainer->values);
}

/* Lanes are shared out evenly to as few shards as SHARD_LANES allows: how, depends on the number of
 * lanes alone and never on that of threads. */
static enum tc_status make_shards(struct tc_trainer *trainer, struct tc_error *error)
{
    const size_t lanes = trainer->walk->lanes;
    enum tc_status status = TC_OK;

    trainer->n_shards = (lanes + SHARD_LANES - 1) / SHARD_LANES;
    trainer->shard = calloc(trainer->n_shards, sizeof *trainer->shard);
    trainer->shard_gradient = calloc(trainer->n_shards, sizeof *trainer->shard_gradient);
    trainer->shard_loss = calloc(trainer->n_shards, sizeof *trainer->shard_loss);
    trainer->first_lane = calloc(trainer->n_shards + 1, sizeof *trainer->first_lane);
    if (!trainer->shard || !trainer->shard_gradient || !trainer->shard_loss || !trainer->first_lane)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu shards", trainer->n_shards);
    for (size_t s = 0; !status && s < trainer->n_shards; ++s) {
        trainer->first_lane[s + 1] = lanes * (s + 1) / trainer->n_shards;
        status = tc_shard_new(&trainer->shard[s], &trainer->arch,
                              (unsigned)(trainer->first_lane[s + 1] - trainer->first_lane[s]),
                              trainer->options.truncate, error);
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

static enum tc_status make_vectors(struct tc_trainer *trainer, struct tc_error *error)
{
    struct tc_carver carver = {0};
    enum tc_status status;

    tc_architecture_tensors(&trainer->arch, NULL, &trainer->values);
    lay_out(trainer, &carver);
    trainer->memory = tc_floats_new(carver.used);
    if (!trainer->memory)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu parameters", trainer->values);
    carver = (struct tc_carver){.base = trainer->memory};
    lay_out(trainer, &carver);
    tc_adam_reset(&trainer->adam, trainer->values);
    trainer->random.state = trainer->options.seed;
    status = tc_initial_parameters(&trainer->arch, &trainer->random, trainer->parameters, error);
    memcpy(trainer->best, trainer->parameters, trainer->values * sizeof *trainer->best);
    return status;
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
        status = make_vectors(trainer, error);
    return status;
}

enum tc_status tc_trainer_new(struct tc_trainer **trainer, const struct tc_architecture *arch,
                              const struct tc_metadata *meta,
                              const struct tc_train_options *options, const struct tc_clip *train,
                              size_t n_train, const struct tc_clip *val, size_t n_val,
                              struct tc_error *error)
{
    enum tc_status status = check_model(arch, meta, error);
    struct tc_trainer *made;

    if (!status)
        status = check_options(options, error);
    if (!status)
        status = check_clips(arch, meta, train, n_train, "training", error);
    if (!status)
        status = check_clips(arch, meta, val, n_val, "validation", error);
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
    made->in_gain = powf(10.0f, meta->in_gain_db / 20.0f);
    made->target_gain = powf(10.0f, -meta->out_gain_db / 20.0f);
    made->rate = options->learning_rate;
    made->best_esr = INFINITY;
    status = fill_trainer(made, train, val, error);
    if (status) {
        tc_trainer_free(made);
        return status;
    }
    openblas_set_num_threads(1); /* our threads are outside of the products */
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
    free(trainer->shard_gradient);
    free(trainer->shard_loss);
    free(trainer->first_lane);
    tc_walk_free(trainer->walk);
    free(trainer->train);
    free(trainer->val);
    free(trainer->memory);
    free(trainer);
}

/* ------------------------------------------------------------------ one chunk */

/* Frames start to start + n of a round, for all lanes. */
struct chunk {
    const struct tc_round *round;
    size_t start;
    unsigned n_frames;
    double scale; /* of the loss: 1 / (target power * frames of a whole chunk) */
};

/* A lane of a shard in a chunk: its piece, or NULL where the lane has none (left). */
static const struct tc_piece *lane_piece(const struct tc_trainer *trainer,
                                         const struct chunk *chunk, size_t lane)
{
    const struct tc_piece *const piece = &trainer->walk->piece[chunk->round->first + lane];

    return lane < chunk->round->count && piece->n_frames > chunk->start ? piece : NULL;
}

static unsigned frames_left(const struct tc_piece *piece, const struct chunk *chunk)
{
    const size_t left = piece->n_frames - chunk->start;

    return left < chunk->n_frames ? (unsigned)left : chunk->n_frames;
}

/* One lane's column of the network's input; zeros behind the end of its piece. */
static void fill_lane(const struct tc_trainer *trainer, struct tc_shard *shard, unsigned column,
                      const struct tc_piece *piece, const struct chunk *chunk)
{
    const struct tc_architecture *const arch = &trainer->arch;
    const size_t pitch = tc_shard_pitch(shard);
    const unsigned n = piece ? frames_left(piece, chunk) : 0;
    const struct tc_clip *const clip = piece ? &trainer->train[piece->clip] : NULL;

    for (unsigned t = 0; t < chunk->n_frames; ++t) {
        float *x = tc_shard_input(shard, t) + column;

        for (unsigned a = 0; a < arch->audio_inputs; ++a, x += pitch)
            *x = t < n ? trainer->in_gain * clip->input[a][piece->start + chunk->start + t] : 0.0f;
        for (unsigned k = 0; k < arch->knobs; ++k, x += pitch)
            *x = t < n ? tc_knob_input(&trainer->meta.knob[k], clip->knob[k]) : 0.0f;
    }
}

static double lane_loss(const struct tc_trainer *trainer, struct tc_shard *shard, unsigned column,
                        const struct tc_piece *piece, const struct chunk *chunk)
{
    const float *target[TC_MAX_AUDIO];
    const struct tc_loss_range range = {0, piece ? frames_left(piece, chunk) : 0};

    for (unsigned o = 0; piece && o < trainer->arch.outputs; ++o)
        target[o] = trainer->train[piece->clip].target[o] + piece->start + chunk->start;
    return tc_loss_lane(shard, column, trainer->arch.outputs, target, trainer->target_gain, range,
                        chunk->n_frames, chunk->scale);
}

static void listen(const struct tc_trainer *trainer, size_t s, const struct chunk *chunk)
{
    struct tc_shard *const shard = trainer->shard[s];

    for (size_t lane = trainer->first_lane[s]; lane < trainer->first_lane[s + 1]; ++lane)
        fill_lane(trainer, shard, (unsigned)(lane - trainer->first_lane[s]),
                  lane_piece(trainer, chunk, lane), chunk);
    tc_shard_forward(shard, trainer->parameters, chunk->n_frames);
}

static void learn(const struct tc_trainer *trainer, size_t s, const struct chunk *chunk)
{
    struct tc_shard *const shard = trainer->shard[s];
    float *const gradient = trainer->shard_gradient[s];
    double loss = 0.0;

    listen(trainer, s, chunk);
    for (size_t lane = trainer->first_lane[s]; lane < trainer->first_lane[s + 1]; ++lane)
        loss += lane_loss(trainer, shard, (unsigned)(lane - trainer->first_lane[s]),
                          lane_piece(trainer, chunk, lane), chunk);
    memset(gradient, 0, trainer->values * sizeof *gradient);
    tc_shard_backward(shard, trainer->parameters, gradient, chunk->n_frames);
    tc_shard_carry(shard, chunk->n_frames);
    trainer->shard_loss[s] = loss;
}

static void reset_lanes(struct tc_trainer *trainer)
{
    for (size_t s = 0; s < trainer->n_shards; ++s)
        for (size_t lane = trainer->first_lane[s]; lane < trainer->first_lane[s + 1]; ++lane)
            tc_shard_reset_lane(trainer->shard[s], trainer->parameters,
                                (unsigned)(lane - trainer->first_lane[s]));
}

/* Sum the shards in their order; returns the norm. */
static double gather_gradient(struct tc_trainer *trainer)
{
    double square = 0.0;

    for (size_t i = 0; i < trainer->values; ++i) {
        float sum = 0.0f;

        for (size_t s = 0; s < trainer->n_shards; ++s)
            sum += trainer->shard_gradient[s][i];
        trainer->gradient[i] = sum;
        square += (double)sum * sum;
    }
    return sqrt(square);
}

static enum tc_status give_up(const struct tc_trainer *trainer, struct tc_error *error)
{
    return tc_fail(error, TC_BAD_VALUE,
                   "%u steps in a row gave a loss or gradient that is not finite: try a smaller "
                   "learning rate",
                   trainer->undone_in_row);
}

/* A step that came out NaN or infinite changes nothing; when more come the weights themselves are
 * to blame, and the best ones return with half the step size. They need not come in a row: streams
 * that start afresh after each make the next one succeed, and that after it fail. */
static enum tc_status undo_step(struct tc_trainer *trainer, struct tc_error *error)
{
    ++trainer->progress.undone;
    ++trainer->undone_in_row;
    ++trainer->undone_since_restart;
    if (trainer->undone_in_row >= GIVE_UP_AFTER)
        return give_up(trainer, error);
    if (trainer->undone_since_restart >= RESTART_AFTER) {
        trainer->undone_since_restart = 0;
        memcpy(trainer->parameters, trainer->best, trainer->values * sizeof *trainer->best);
        tc_adam_reset(&trainer->adam, trainer->values);
        trainer->rate *= 0.5;
    }
    reset_lanes(trainer);
    return TC_OK;
}

static enum tc_status update(struct tc_trainer *trainer, struct tc_error *error)
{
    const double norm = gather_gradient(trainer), limit = trainer->options.clip_norm;
    double loss = 0.0;

    for (size_t s = 0; s < trainer->n_shards; ++s)
        loss += trainer->shard_loss[s];
    if (!isfinite(norm) || !isfinite(loss))
        return undo_step(trainer, error);
    trainer->undone_in_row = 0;
    trainer->loss_sum += loss;
    ++trainer->loss_count;
    ++trainer->progress.updates;
    tc_adam_update(&trainer->adam, trainer->parameters, trainer->gradient, trainer->values,
                   limit > 0.0 && norm > limit ? (float)(limit / norm) : 1.0f, trainer->rate);
    return TC_OK;
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
    p->seconds = now_s() - trainer->started;
    p->frames_per_second = p->seconds > 0.0 ? (double)p->frames / p->seconds : 0.0;
    p->loss = trainer->loss_count ? trainer->loss_sum / (double)trainer->loss_count : NAN;
    p->best_esr = isfinite(trainer->best_esr) ? trainer->best_esr : NAN;
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

static void warm_up(struct tc_trainer *trainer, const struct tc_round *round)
{
    const size_t warmup = trainer->walk->warmup;

    reset_lanes(trainer);
#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
    for (size_t s = 0; s < trainer->n_shards; ++s)
        for (size_t start = 0; start < warmup; start += trainer->options.truncate) {
            const size_t left = warmup - start;
            const struct chunk chunk = {
                round, start,
                (unsigned)(left < trainer->options.truncate ? left : trainer->options.truncate),
                0.0};

            listen(trainer, s, &chunk);
            tc_shard_carry(trainer->shard[s], chunk.n_frames);
        }
}

/* Frames of a chunk that belong to a piece; lanes whose piece is over hear silence. */
static size_t frames_heard(const struct tc_trainer *trainer, const struct chunk *chunk)
{
    size_t sum = 0;

    for (size_t lane = 0; lane < chunk->round->count; ++lane) {
        const struct tc_piece *const piece = lane_piece(trainer, chunk, lane);

        sum += piece ? frames_left(piece, chunk) : 0;
    }
    return sum;
}

static enum tc_status walk_round(struct run *run, const struct tc_round *round,
                                 struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    const unsigned truncate = trainer->options.truncate;
    const double scale = 1.0 / (trainer->target_power * truncate * (double)trainer->walk->lanes);
    enum tc_status status = TC_OK;

    warm_up(trainer, round);
    for (size_t start = trainer->walk->warmup; !status && !ended(run) && start < round->n_frames;
         start += truncate) {
        const size_t left = round->n_frames - start;
        const struct chunk chunk = {round, start, (unsigned)(left < truncate ? left : truncate),
                                    scale};
        const size_t heard = frames_heard(trainer, &chunk);

#pragma omp parallel for num_threads(trainer->options.threads) schedule(dynamic, 1)
        for (size_t s = 0; s < trainer->n_shards; ++s)
            learn(trainer, s, &chunk);
        status = update(trainer, error);
        trainer->progress.frames += heard;
        trainer->progress.epoch_done += (double)heard / (double)trainer->walk->loss_frames;
        report(run, false, false);
    }
    return status;
}

static enum tc_status present_model(const struct tc_trainer *trainer, const float *parameters,
                                    struct tc_model **model, struct tc_error *error)
{
    return tc_model_new(model, &trainer->arch, &trainer->meta, parameters, error);
}

/* Score the present weights; keep them if they are the best, else count towards the plateau. */
static enum tc_status validate(struct run *run, struct tc_error *error)
{
    struct tc_trainer *const trainer = run->trainer;
    struct tc_model *model = NULL;
    struct tc_score score;
    enum tc_status status = present_model(trainer, trainer->parameters, &model, error);
    bool improved;

    if (!status)
        status = tc_validate(model, trainer->val, trainer->n_val, trainer->options.warmup,
                             trainer->options.threads, &score, error);
    tc_model_free(model);
    if (status)
        return status;
    trainer->progress.esr = tc_score_esr(&score);
    improved = trainer->progress.esr < trainer->best_esr;
    ++trainer->since_best;
    ++trainer->since_halved;
    if (improved) {
        trainer->best_esr = trainer->progress.esr;
        memcpy(trainer->best, trainer->parameters, trainer->values * sizeof *trainer->best);
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

    trainer->started = now_s();
    trainer->progress.esr = NAN;
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
        status = give_up(trainer, error);
    /* The last updates count, too; a user who stops wants the end now, unless nothing is scored. */
    if (!status && ((trainer->loss_count && !run.stopped) || !isfinite(trainer->best_esr)))
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

/* Let a stream run through a second of silence and write its state over h0, c0. */
static enum tc_status settle(const struct tc_model *model, float *parameters)
{
    enum { BLOCK = 1000 };
    const struct tc_architecture *const arch = &model->arch;
    const double rate = model->meta.sample_rate_hz > 0.0 ? model->meta.sample_rate_hz : 48000.0;
    struct tc_stream *stream = NULL;
    const float *in[TC_MAX_AUDIO], *knobs[TC_MAX_KNOBS];
    float silence[BLOCK] = {0}, knob[TC_MAX_KNOBS][BLOCK], discarded[TC_MAX_AUDIO][BLOCK];
    float *out[TC_MAX_AUDIO];
    const enum tc_status status = tc_stream_new(&stream, model, 1, NULL);

    if (status)
        return status;
    for (unsigned a = 0; a < TC_MAX_AUDIO; ++a) {
        in[a] = silence;
        out[a] = discarded[a];
    }
    for (unsigned k = 0; k < arch->knobs; ++k) {
        for (unsigned t = 0; t < BLOCK; ++t)
            knob[k][t] = model->meta.knob[k].initial;
        knobs[k] = knob[k];
    }
    for (double t = 0.0; t < rate; t += BLOCK)
        tc_stream_process(stream, in, knobs, out, BLOCK);
    tc_stream_store_state(stream, parameters);
    tc_stream_free(stream);
    return TC_OK;
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
    if (!status && settle(from_zero, settled))
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for the start state");
    if (!status)
        status = tc_model_new(model, &trainer->arch, &meta, settled, error);
    tc_model_free(from_zero);
    free(settled);
    return status;
}
