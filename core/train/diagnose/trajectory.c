#include "train/diagnose/trajectory.h"

#include "train/diagnose/spectrum.h"

#include <string.h>

/* Add to *low and *high how many of n gate values are saturated. */
static void count_saturated(enum tc_activation activation, const double *values, size_t n,
                            double *low, double *high)
{
    const double near = TC_SATURATED;
    const bool logistic = activation == TC_LOGISTIC, tanh_like = activation == TC_TANH;

    for (size_t j = 0; j < n; ++j) {
        const double v = values[j];

        *low += (logistic && v < near) || (tanh_like && v < near - 1.0) ||
                (activation == TC_RELU && !(v > 0.0)) || (activation == TC_MODRELU && v == 0.0);
        *high += (logistic || tanh_like) && v > 1.0 - near;
    }
}

static void count_saturated_gates(struct tc_trajectory_statistics *statistics,
                                  const struct tc_jacobian_network *network)
{
    for (unsigned l = 0; l < network->layers; ++l) {
        const struct tc_jacobian_layer *const layer = &network->layer[l];

        for (unsigned g = 0; g < layer->cell->gates; ++g)
            count_saturated(tc_jacobian_gate_activation(layer, g),
                            network->gates[l] + g * layer->hidden, layer->hidden,
                            &statistics->low[l][g], &statistics->high[l][g]);
    }
}

static bool all_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (!isfinite(values[i]))
            return false;
    return true;
}

/* Lyapunov exponents leave out the first quarter: their directions need time to settle. */
enum tc_status tc_trajectory_run(struct tc_trajectory *trajectory,
                                 struct tc_jacobian_network *network,
                                 struct tc_trajectory_statistics *statistics, size_t *bad)
{
    const size_t n = network->states, transient = trajectory->frames / 4;
    double *const jacobian = statistics->jacobian, *const state = statistics->sums + n;
    enum tc_status status = tc_lyapunov_start(&statistics->lyapunov);

    memcpy(state, trajectory->state, n * sizeof *state);
    for (size_t t = 0; !status && t < trajectory->frames; ++t) {
        memcpy(trajectory->state + t * n, state, n * sizeof *state);
        tc_jacobian_advance(network, trajectory->input + t * network->inputs, state, jacobian);
        *bad = t;
        if (!all_finite(state, n))
            return TC_BAD_VALUE;
        count_saturated_gates(statistics, network);
        statistics->step_bound =
            fmax(statistics->step_bound, tc_norm_bound(jacobian, n, statistics->sums));
        status = tc_lyapunov_step(&statistics->lyapunov, jacobian, t >= transient);
        ++statistics->frames;
    }
    return status;
}
