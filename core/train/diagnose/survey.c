#include "train/diagnose/survey.h"

#include "train/diagnose/spectrum.h"

#include <string.h>

static void count(enum tc_activation squash, const double *values, size_t n, double *low,
                  double *high)
{
    const double near = TC_SATURATED;

    for (size_t j = 0; j < n; ++j) {
        const double v = values[j];

        *low += (squash == TC_LOGISTIC && v < near) || (squash == TC_TANH && v < near - 1.0) ||
                (squash == TC_RELU && !(v > 0.0)) || (squash == TC_MODRELU && v == 0.0);
        *high += (squash == TC_LOGISTIC || squash == TC_TANH) && v > 1.0 - near;
    }
}

static void count_gates(struct tc_survey *survey, const struct tc_jacobian_network *exact)
{
    for (unsigned l = 0; l < exact->layers; ++l) {
        const struct tc_jacobian_layer *const layer = &exact->layer[l];

        for (unsigned g = 0; g < layer->cell->gates; ++g)
            count(tc_jacobian_gate_activation(layer, g), exact->gates[l] + g * layer->hidden,
                  layer->hidden, &survey->low[l][g], &survey->high[l][g]);
    }
}

static bool all_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (!isfinite(values[i]))
            return false;
    return true;
}

enum tc_status tc_survey_stretch(struct tc_survey *survey, struct tc_jacobian_network *exact,
                                 const struct tc_stretch *stretch, size_t *bad)
{
    const size_t n = exact->states, transient = stretch->frames / 4;
    double *const moving = survey->sums + n;
    enum tc_status status = tc_lyapunov_start(&survey->lyapunov);

    memcpy(moving, stretch->state, n * sizeof *moving);
    for (size_t t = 0; !status && t < stretch->frames; ++t) {
        memcpy(stretch->state + t * n, moving, n * sizeof *moving);
        tc_jacobian_advance(exact, stretch->input + t * exact->inputs, moving, survey->jacobian);
        *bad = t;
        if (!all_finite(moving, n))
            return TC_BAD_VALUE;
        count_gates(survey, exact);
        survey->step_bound =
            fmax(survey->step_bound, tc_norm_bound(survey->jacobian, n, survey->sums));
        status = tc_lyapunov_step(&survey->lyapunov, survey->jacobian, t >= transient);
        ++survey->frames;
    }
    return status;
}
