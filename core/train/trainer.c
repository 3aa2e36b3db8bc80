#include "decibel.h"
#include "memory.h"
#include "model/model.h"
#include "model/network_input.h"
#include "train/average.h"
#include "train/health/stability.h"
#include "train/trainer_arguments.h"
#include "train/update/constraint.h"
#include "train/network/activations.h"
#include "train/network/initial.h"
#include "train/initial_state.h"
#include "train/loss_terms.h"
#include "train/parameters.h"
#include "train/sequences.h"
#include "train/truncation.h"

#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { SHARD_SEQUENCES = 8 }; /* a shard has at least so many sequences, if there are */

void tc_train_options_init(struct tc_train_options *options)
{
    *options = (struct tc_train_options){
        .batch = 32,
        .dc_weight = 0.25f,
        .momentum = 0.9f,
        .warmup = 1000,
        .truncate = 512,
        .tail = 6.0f,
        .initial_scale = 1.0f,
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

void tc_train_options_init_sequences(struct tc_train_options *options)
{
    tc_train_options_init(options);
    options->warmup = 0;
}

static const struct tc_metric esr = {"esr", false, tc_score_esr};
static const struct tc_metric cross_entropy = {"cross_entropy", false, tc_score_nats};

/* ------------------------------------------------------------------ construction */

/* States that a shard must keep: fixed truncation has all its frames in memory. */
static size_t stored_states(const struct tc_trainer *trainer)
{
    return trainer->options.truncation == TC_TRUNCATION_FIXED
               ? 0
               : (trainer->sampler->longest + trainer->max_frames - 1) / trainer->max_frames;
}

static size_t stored_floats(const struct tc_trainer *trainer, size_t s)
{
    return stored_states(trainer) * tc_sequences_state_floats(trainer, s);
}

static void lay_out(struct tc_trainer *trainer, struct tc_carver *carver)
{
    const bool random = tc_truncation_is_random(&trainer->options);
    const size_t error_floats =
        trainer->sampler->n_sequences * trainer->arch.outputs * trainer->loss.emphasis.n;

    trainer->state.parameters = tc_carve(carver, trainer->state.n.saved);
    trainer->state.best = tc_carve(carver, trainer->state.n.saved);
    trainer->state.average = tc_carve(carver, trainer->state.n.averaged);
    trainer->state.unconstrained =
        trainer->state.parameters + (trainer->state.n.saved - trainer->state.n.updated);
    trainer->gradient = tc_carve(carver, trainer->state.n.updated);
    trainer->state.optimizer.m = tc_carve(carver, trainer->state.n.updated);
    trainer->state.optimizer.v = tc_carve(carver, trainer->state.n.updated);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        trainer->shard_gradient[s] = tc_carve(carver, trainer->values);
    for (size_t s = 0; s < trainer->n_shards; ++s)
        trainer->stored_state[s] = tc_carve(carver, stored_floats(trainer, s));
    trainer->error_state = tc_carve(carver, error_floats);
    trainer->error_gradient = tc_carve(carver, error_floats);
    trainer->gradient_factor = tc_carve(carver, random ? trainer->sampler->longest : 0);
}

/* Into how many shards sequences are divided: a power of two, which 2, 4, 8 threads share evenly.
 * How, depends on the number of sequences alone and never on that of threads: it fixes the order of
 * sums. */
static size_t shards_for(size_t sequences)
{
    size_t shards = 1;

    while (shards < TC_MAX_SHARDS && 2 * shards * SHARD_SEQUENCES <= sequences)
        shards *= 2;
    return shards;
}

static enum tc_status make_shards(struct tc_trainer *trainer, struct tc_error *error)
{
    const size_t sequences = trainer->sampler->n_sequences;
    enum tc_status status = tc_weights_new(&trainer->weights, &trainer->arch, NULL, error);

    if (status)
        return status;
    trainer->n_shards = shards_for(sequences);
    trainer->shard = calloc(trainer->n_shards, sizeof *trainer->shard);
    trainer->shard_gradient = calloc(trainer->n_shards, sizeof *trainer->shard_gradient);
    trainer->shard_loss = calloc(trainer->n_shards, sizeof *trainer->shard_loss);
    trainer->stored_state = calloc(trainer->n_shards, sizeof *trainer->stored_state);
    trainer->first_sequence = calloc(trainer->n_shards + 1, sizeof *trainer->first_sequence);
    if (!trainer->shard || !trainer->shard_gradient || !trainer->shard_loss ||
        !trainer->stored_state || !trainer->first_sequence)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu shards", trainer->n_shards);
    for (size_t s = 0; !status && s < trainer->n_shards; ++s) {
        trainer->first_sequence[s + 1] = sequences * (s + 1) / trainer->n_shards;
        status =
            tc_shard_new(&trainer->shard[s], trainer->weights,
                         (unsigned)(trainer->first_sequence[s + 1] - trainer->first_sequence[s]),
                         trainer->max_frames, error);
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

/* The inputs of the lowest layer in all of training are known from the start. */
static enum tc_status measure_inputs(struct tc_trainer *trainer, struct tc_error *error)
{
    const unsigned audio = trainer->arch.audio_inputs, knobs = trainer->arch.knobs;
    double *const moments = calloc(tc_moments_doubles(audio + knobs), sizeof *moments);
    float *const x = malloc((audio + knobs) * sizeof *x);
    const bool ok = moments && x;

    for (size_t c = 0; ok && c < trainer->n_train; ++c) {
        const struct tc_clip *const clip = &trainer->train[c];

        for (unsigned k = 0; k < knobs; ++k)
            x[audio + k] = tc_knob_input(&trainer->meta.knob[k], clip->knob[k]);
        for (size_t t = 0; t < clip->n_frames; ++t) {
            for (unsigned a = 0; a < audio; ++a)
                x[a] = tc_audio_input(
                    clip->input[a][t],
                    tc_audio_input_gain(&trainer->arch, &trainer->meta, a, trainer->in_gain));
            if (clip->control)
                x[audio] = tc_knob_input(&trainer->meta.knob[0], clip->control[t]);
            tc_moments_add(moments, audio + knobs, x);
        }
    }
    if (ok)
        tc_batch_norm_update(trainer->norm, 0, moments, trainer->state.unconstrained);
    free(moments);
    free(x);
    return ok ? TC_OK : tc_fail(error, TC_NO_MEMORY, "out of memory for batch normalisation");
}

/* Initial weights of the network or of its encoder, from the given offset on. */
static enum tc_status draw_parameters(struct tc_trainer *trainer,
                                      const struct tc_architecture *arch, float *unconstrained,
                                      struct tc_error *error)
{
    const enum tc_status status = tc_initial_parameters(
        arch, &trainer->options, &trainer->state.random, unconstrained, error);

    if (!status && trainer->options.memory)
        tc_initial_memory(arch, trainer->options.memory, &trainer->state.random, unconstrained);
    return status;
}

static enum tc_status fill_parameters(struct tc_trainer *trainer, struct tc_error *error)
{
    enum tc_status status;

    trainer->state.random.state = trainer->options.seed;
    status = draw_parameters(trainer, &trainer->arch, trainer->state.unconstrained, error);
    if (!status && trainer->encoder)
        status =
            draw_parameters(trainer, &trainer->encoder->arch,
                            trainer->state.unconstrained + tc_trainer_encoder_at(trainer), error);
    if (status)
        return status;
    tc_constraint_start(trainer->constraint, &trainer->state.random, trainer->state.unconstrained);
    status = trainer->norm->layers ? measure_inputs(trainer, error) : TC_OK;
    if (status)
        return status;
    tc_parameters_apply_constraints(trainer);
    memcpy(trainer->state.best, trainer->state.parameters,
           trainer->state.n.saved * sizeof *trainer->state.best);
    return TC_OK;
}

static enum tc_status make_norm(struct tc_trainer *trainer, struct tc_error *error)
{
    enum tc_status status = tc_batch_norm_new(&trainer->norm, &trainer->arch, &trainer->options,
                                              trainer->values, error);
    size_t doubles;

    if (status || !trainer->norm->layers)
        return status;
    doubles = tc_batch_norm_moments_doubles(trainer->norm);
    trainer->moments = calloc(trainer->n_shards * doubles, sizeof *trainer->moments);
    if (!trainer->moments)
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for batch normalisation");
    return status;
}

/* The lengths of the state's vectors, and those that the sampler and `norm` own. */
static void connect_state(struct tc_trainer *trainer)
{
    struct tc_training_state *const state = &trainer->state;
    const struct tc_sampler *const sampler = trainer->sampler;
    const size_t updated = trainer->values + trainer->norm->gains;
    const bool apart = trainer->constraint->n_matrices || trainer->norm->layers;
    const size_t saved = updated + (apart ? trainer->values : 0);

    state->n = (struct tc_training_sizes){.saved = saved,
                                          .updated = updated,
                                          .averaged = trainer->options.average > 0.0f ? saved : 0,
                                          .statistics = trainer->norm->statistics,
                                          .layers = trainer->norm->layers,
                                          .segments = sampler->n_segments,
                                          .batches = sampler->n_batches};
    for (size_t s = 0; s < trainer->n_shards; ++s)
        state->n.hidden += tc_sequences_state_floats(trainer, s);
    state->statistics = trainer->norm->memory;
    state->initialised = trainer->norm->initialised;
    state->segment = sampler->segment;
    state->batch = sampler->batch;
}

static enum tc_status make_vectors(struct tc_trainer *trainer, struct tc_error *error)
{
    struct tc_carver carver = {0};
    enum tc_status status;

    tc_architecture_tensors(&trainer->arch, NULL, &trainer->values);
    trainer->values += trainer->encoder ? trainer->encoder->values : 0;
    status = make_norm(trainer, error);
    if (status)
        return status;
    connect_state(trainer);
    lay_out(trainer, &carver);
    trainer->memory = tc_floats_new(carver.used);
    if (!trainer->memory)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for %zu parameters and %zu states",
                       trainer->values, stored_states(trainer));
    carver = (struct tc_carver){.base = trainer->memory};
    lay_out(trainer, &carver);
    trainer->state.optimizer.kind = trainer->options.optimizer;
    trainer->state.optimizer.momentum = trainer->options.momentum;
    tc_optimizer_reset(&trainer->state.optimizer, trainer->state.n.updated);
    tc_average_reset(trainer);
    return fill_parameters(trainer, error);
}

static enum tc_status fill_trainer(struct tc_trainer *trainer,
                                   const struct tc_architecture *encoder,
                                   const struct tc_clip *train, const struct tc_clip *val,
                                   struct tc_error *error)
{
    enum tc_status status = copy_clips(&trainer->train, train, trainer->n_train, error);

    if (!status)
        status = copy_clips(&trainer->val, val, trainer->n_val, error);
    if (!status)
        status =
            tc_sampler_new(&trainer->sampler, train, trainer->n_train, &trainer->options, error);
    if (!status)
        status = tc_loss_terms_set(trainer, error);
    if (!status)
        status = make_shards(trainer, error);
    if (!status && encoder)
        status = tc_encoder_new(&trainer->encoder, encoder, train[0].n_context, trainer->n_shards,
                                trainer->first_sequence, error);
    if (!status)
        status = tc_constraint_new(&trainer->constraint, &trainer->arch, &trainer->options, error);
    if (!status)
        status = make_vectors(trainer, error);
    if (!status)
        tc_stability_prepare(trainer);
    return status ? status : tc_fingerprints(trainer, trainer->fingerprint, error);
}

static enum tc_status
check_arguments(const struct tc_architecture *encoder, const struct tc_architecture *arch,
                const struct tc_metadata *meta, const struct tc_train_options *options,
                const struct tc_clip *train, size_t n_train, const struct tc_clip *val,
                size_t n_val, struct tc_error *error)
{
    enum tc_status status = tc_train_model_check(arch, meta, error);

    if (!status)
        status = tc_activations_check(arch, "trained", error);
    if (!status)
        status = tc_train_options_check(options, error);
    if (!status)
        status = tc_train_network_check(arch, meta, options, error);
    if (!status)
        status = tc_train_clips_check(arch, meta, train, n_train, "training", error);
    if (!status)
        status = tc_train_clips_check(arch, meta, val, n_val, "validation", error);
    if (!status && encoder)
        status = tc_train_encoder_check(encoder, arch, options, train, n_train, val, n_val, error);
    return status;
}

/* All that cannot fail. */
static void init_trainer(struct tc_trainer *trainer, const struct tc_architecture *arch,
                         const struct tc_metadata *meta, const struct tc_train_options *options)
{
    trainer->arch = *arch;
    trainer->meta = *meta;
    trainer->meta.training = NULL;
    trainer->options = *options;
    if (!options->threads)
        trainer->options.threads = (unsigned)omp_get_num_procs();
    trainer->in_gain = tc_gain_from_db(meta->in_gain_db);
    trainer->target_gain = tc_gain_from_db(-meta->out_gain_db);
    trainer->max_frames = tc_truncation_max_frames(options);
    trainer->metric = tc_trainer_gives_probabilities(trainer) ? &cross_entropy : &esr;
    trainer->reduction = &tc_reduction_local;
    trainer->state.schedule.rate = options->learning_rate;
    trainer->state.schedule.best_score = (double)NAN;
    trainer->state.totals.score = (double)NAN;
}

enum tc_status tc_trainer_new(struct tc_trainer **trainer, const struct tc_architecture *arch,
                              const struct tc_metadata *meta,
                              const struct tc_train_options *options, const struct tc_clip *train,
                              size_t n_train, const struct tc_clip *val, size_t n_val,
                              struct tc_error *error)
{
    return tc_trainer_new_encoded(trainer, NULL, arch, meta, options, train, n_train, val, n_val,
                                  error);
}

enum tc_status
tc_trainer_new_encoded(struct tc_trainer **trainer, const struct tc_architecture *encoder,
                       const struct tc_architecture *arch, const struct tc_metadata *meta,
                       const struct tc_train_options *options, const struct tc_clip *train,
                       size_t n_train, const struct tc_clip *val, size_t n_val,
                       struct tc_error *error)
{
    enum tc_status status =
        check_arguments(encoder, arch, meta, options, train, n_train, val, n_val, error);
    struct tc_trainer *created;

    if (status)
        return status;
    created = calloc(1, sizeof *created);
    if (!created)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a trainer");
    init_trainer(created, arch, meta, options);
    created->n_train = n_train;
    created->n_val = n_val;
    /* Initial weights come from it, and must not depend on how many threads there are. */
    openblas_set_num_threads(1);
    status = fill_trainer(created, encoder, train, val, error);
    if (status) {
        tc_trainer_free(created);
        return status;
    }
    *trainer = created;
    return TC_OK;
}

void tc_trainer_free(struct tc_trainer *trainer)
{
    if (!trainer)
        return;
    for (size_t s = 0; trainer->shard && s < trainer->n_shards; ++s)
        tc_shard_free(trainer->shard[s]);
    free(trainer->shard);
    tc_stft_loss_free(trainer->stft);
    tc_encoder_free(trainer->encoder);
    tc_weights_free(trainer->weights);
    tc_constraint_free(trainer->constraint);
    tc_batch_norm_free(trainer->norm);
    free(trainer->moments);
    free(trainer->shard_gradient);
    free(trainer->shard_loss);
    free(trainer->stored_state);
    free(trainer->first_sequence);
    tc_sampler_free(trainer->sampler);
    free(trainer->train);
    free(trainer->val);
    free(trainer->state.history);
    free(trainer->memory);
    free(trainer);
}

const struct tc_metric *tc_trainer_metric(const struct tc_trainer *trainer)
{
    return trainer->metric;
}

size_t tc_trainer_history(const struct tc_trainer *trainer, const struct tc_history_entry **history)
{
    *history = trainer->state.history;
    return trainer->state.n_history;
}

const char *tc_trainer_kernels(const struct tc_trainer *trainer)
{
    return trainer->weights->k->name;
}

size_t tc_trainer_memory(const struct tc_trainer *trainer, unsigned *n_sequences)
{
    size_t sum = tc_encoder_size(trainer->encoder);

    for (size_t s = 0; s < trainer->n_shards; ++s)
        sum += tc_shard_size(trainer->shard[s]) + stored_floats(trainer, s) * sizeof(float);
    if (n_sequences)
        *n_sequences = (unsigned)trainer->sampler->n_sequences;
    return sum;
}

/* ------------------------------------------------------------------ the result */

/* Sequences begin from zero; what plays on and on begins where silence leaves it. */
static bool starts_with_silence(const struct tc_trainer *trainer)
{
    if (trainer->options.start != TC_START_SILENCE)
        return false;
    for (size_t c = 0; c < trainer->n_train; ++c)
        if (trainer->train[c].whole)
            return false;
    return true;
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
    memcpy(settled, trainer->state.best, trainer->values * sizeof *settled);
    status = tc_trainer_model(trainer, trainer->state.best, &from_zero, error);
    if (!status && starts_with_silence(trainer) &&
        tc_initial_state_from_silence(from_zero, settled))
        status = tc_fail(error, TC_NO_MEMORY, "out of memory for the initial state");
    if (!status)
        status = tc_model_new(model, &trainer->arch, &meta, settled, error);
    tc_model_free(from_zero);
    free(settled);
    return status;
}

enum tc_status tc_trainer_best_encoder(const struct tc_trainer *trainer, struct tc_model **model,
                                       struct tc_error *error)
{
    if (!trainer->encoder)
        return tc_fail(error, TC_BAD_ARGUMENT, "the trainer has no encoder");
    return tc_trainer_encoder_model(trainer, trainer->state.best, model, error);
}
