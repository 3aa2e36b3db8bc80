#include "train/average.h"

#include "train/parameters.h"
#include "train/update/clones.h"

#include <string.h>

/* The part of the average that is the mean of the unconstrained vector. */
static float *unconstrained_average(const struct tc_trainer *trainer)
{
    const struct tc_training_state *const state = &trainer->state;

    return state->average + (state->n.saved - state->n.updated);
}

TC_CLONES static void approach(float *a, const float *w, size_t n, float fraction)
{
    for (size_t i = 0; i < n; ++i)
        a[i] += fraction * (w[i] - a[i]);
}

void tc_average_update(struct tc_trainer *trainer)
{
    struct tc_training_state *const state = &trainer->state;
    const double factor = (double)trainer->options.average;

    if (!state->n.averaged)
        return;
    state->average_weight *= factor;
    approach(unconstrained_average(trainer), state->unconstrained, state->n.updated,
             (float)((1.0 - factor) / (1.0 - state->average_weight)));
}

void tc_average_reset(struct tc_trainer *trainer)
{
    trainer->state.average_weight = 1.0;
    if (trainer->state.n.averaged)
        memset(trainer->state.average, 0,
               trainer->state.n.averaged * sizeof *trainer->state.average);
}

const float *tc_average_parameters(struct tc_trainer *trainer)
{
    const struct tc_training_state *const state = &trainer->state;

    if (!state->n.averaged || state->average_weight == 1.0)
        return NULL;
    tc_parameters_constrain(trainer, unconstrained_average(trainer), state->average);
    tc_parameters_apply_constraints(trainer); /* last, for the next gradient */
    return state->average;
}
