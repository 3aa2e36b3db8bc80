#include "train/update.h"

#include "train/all_finite.h"
#include "train/learning_rate.h"
#include "train/network/shard_state.h"
#include "train/average.h"
#include "train/sequences.h"
#include "train/parameters.h"
#include "train/rejection.h"
#include "train/update/weight_decay.h"

#include <math.h>

/* ------------------------------------------------------------------ sums over shards */

/* The gradient of the unconstrained vector. */
static void reduce_gradient(struct tc_trainer *trainer)
{
    const struct tc_reduction *const reduction = trainer->reduction;

    reduction->sum_floats(reduction, trainer->gradient,
                          (const float *const *)trainer->shard_gradient, trainer->n_shards,
                          trainer->values);
    tc_constraint_gradient(trainer->constraint, trainer->state.parameters, trainer->gradient);
    tc_batch_norm_gradient(trainer->norm, trainer->state.unconstrained, trainer->gradient);
}

static double reduce_loss(const struct tc_trainer *trainer)
{
    const struct tc_reduction *const reduction = trainer->reduction;
    const double *term[TC_MAX_SHARDS];
    double loss = 0.0;

    for (size_t s = 0; s < trainer->n_shards; ++s)
        term[s] = &trainer->shard_loss[s];
    reduction->sum_doubles(reduction, &loss, term, trainer->n_shards, 1);
    return loss;
}

/* Of what layers above the lowest were given. */
static void reduce_moments(struct tc_trainer *trainer)
{
    const struct tc_reduction *const reduction = trainer->reduction;
    const double *term[TC_MAX_SHARDS];

    for (unsigned l = 1; l < trainer->norm->layers; ++l) {
        double *const sum = tc_sequences_moments(trainer, 0, l);

        for (size_t s = 0; s < trainer->n_shards; ++s)
            term[s] = tc_sequences_moments(trainer, s, l);
        reduction->sum_doubles(reduction, sum, term, trainer->n_shards,
                               tc_moments_doubles(trainer->norm->layer[l].inputs));
        tc_batch_norm_update(trainer->norm, l, sum, trainer->state.unconstrained);
    }
}

/* ------------------------------------------------------------------ clipping */

static double gradient_norm(const struct tc_trainer *trainer)
{
    const float *const g = trainer->gradient;
    double square = 0.0;

#pragma omp simd reduction(+ : square)
    for (size_t i = 0; i < trainer->state.n.updated; ++i)
        square += (double)g[i] * (double)g[i];
    return sqrt(square);
}

/* Gradients are finite here. */
static void clip_values(struct tc_trainer *trainer)
{
    const float most = trainer->options.clip_value;

    for (size_t i = 0; i < trainer->state.n.updated; ++i)
        trainer->gradient[i] = fminf(fmaxf(trainer->gradient[i], -most), most);
}

/* ------------------------------------------------------------------ the step */

static void decay_weights(struct tc_trainer *trainer)
{
    const double rate = tc_learning_rate(trainer);
    const float factor = (float)(1.0 - rate * (double)trainer->options.weight_decay);
    const bool recurrent = trainer->options.recurrent == TC_RECURRENT_FREE;
    float *const w = trainer->state.unconstrained;

    tc_weight_decay(trainer->weights, recurrent, w, factor);
    if (trainer->encoder)
        tc_weight_decay(trainer->encoder->weights, recurrent, w + tc_trainer_encoder_at(trainer),
                        factor);
}

/* Constrained matrices have a learning rate of their own. */
static void apply_gradient(struct tc_trainer *trainer, float scale)
{
    struct tc_optimizer_state *const optimizer = &trainer->state.optimizer;
    float *const w = trainer->state.unconstrained;
    const double rate = tc_learning_rate(trainer);
    size_t first = 0;

    tc_optimizer_begin(optimizer);
    for (size_t i = 0; i < trainer->constraint->n_matrices; ++i) {
        const size_t at = trainer->constraint->matrix[i].at, n = trainer->constraint->matrix[i].n;

        tc_optimizer_update(optimizer, w, trainer->gradient, first, at - first, scale, rate);
        tc_optimizer_update(optimizer, w, trainer->gradient, at, n * n, scale,
                            rate * (double)trainer->options.recurrent_rate);
        first = at + n * n;
    }
    tc_optimizer_update(optimizer, w, trainer->gradient, first, trainer->state.n.updated - first,
                        scale, rate);
    tc_parameters_apply_constraints(trainer);
}

/* A moment that overflowed would stop its parameter for good, and without a sign. The hidden state
 * of a sequence that is over carries no loss. */
static bool ended_finite(const struct tc_trainer *trainer)
{
    const struct tc_training_state *const state = &trainer->state;
    bool finite = tc_all_finite(state->parameters, state->n.saved) &&
                  tc_all_finite(state->optimizer.m, state->n.updated) &&
                  tc_all_finite(state->optimizer.v, state->n.updated);

    for (size_t s = 0; finite && s < trainer->n_shards; ++s)
        finite = tc_shard_state_is_finite(trainer->shard[s]);
    return finite;
}

static void count_update(struct tc_trainer *trainer, double loss, double norm)
{
    struct tc_training_totals *const totals = &trainer->state.totals;

    trainer->state.schedule.last_rejected = false;
    totals->loss_sum += loss;
    totals->norm_sum += norm;
    ++totals->loss_count;
    ++totals->updates;
}

enum tc_status tc_update(struct tc_trainer *trainer, struct tc_error *error)
{
    const double limit = trainer->options.clip_norm;
    double loss, norm, clipped;

    reduce_gradient(trainer);
    norm = gradient_norm(trainer);
    loss = reduce_loss(trainer);
    if (trainer->reduction->any(trainer->reduction, !isfinite(norm) || !isfinite(loss)))
        return tc_rejection_undo(trainer, error);
    clipped = norm;
    if (trainer->options.clip_value > 0.0f) {
        clip_values(trainer);
        clipped = gradient_norm(trainer);
    }
    reduce_moments(trainer);
    if (trainer->options.weight_decay > 0.0f)
        decay_weights(trainer);
    apply_gradient(trainer, limit > 0.0 && clipped > limit ? (float)(limit / clipped) : 1.0f);
    if (trainer->reduction->any(trainer->reduction, !ended_finite(trainer)))
        return tc_rejection_undo(trainer, error);
    count_update(trainer, loss, norm);
    tc_average_update(trainer);
    return TC_OK;
}
