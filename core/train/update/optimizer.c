#include "train/update/optimizer.h"

#include "train/update/clones.h"

#include <math.h>
#include <string.h>

static const float b1 = 0.9f, b2 = 0.999f, b = 0.9f, eps = 1e-8f;

void tc_optimizer_reset(struct tc_optimizer_state *state, size_t n)
{
    memset(state->m, 0, n * sizeof *state->m);
    memset(state->v, 0, n * sizeof *state->v);
    state->m_weight = state->v_weight = 1.0;
}

void tc_optimizer_begin(struct tc_optimizer_state *state)
{
    state->m_weight *= b1;
    state->v_weight *= b2;
}

TC_CLONES static void update_adam(const struct tc_optimizer_state *state, float *parameters,
                                  const float *gradient, size_t first, size_t n, float scale,
                                  double rate)
{
    const float step = (float)(rate / (1.0 - state->m_weight));
    const float v_scale = (float)(1.0 / (1.0 - state->v_weight));

    for (size_t i = first; i < first + n; ++i) {
        const float g = scale * gradient[i];

        state->m[i] = b1 * state->m[i] + (1.0f - b1) * g;
        state->v[i] = b2 * state->v[i] + (1.0f - b2) * g * g;
        parameters[i] -= step * state->m[i] / (sqrtf(state->v[i] * v_scale) + eps);
    }
}

TC_CLONES static void update_rmsprop(const struct tc_optimizer_state *state, float *parameters,
                                     const float *gradient, size_t first, size_t n, float scale,
                                     double rate)
{
    const float step = (float)rate;

    for (size_t i = first; i < first + n; ++i) {
        const float g = scale * gradient[i];

        state->v[i] = b * state->v[i] + (1.0f - b) * g * g;
        parameters[i] -= step * g / (sqrtf(state->v[i]) + eps);
    }
}

TC_CLONES static void update_sgd(const struct tc_optimizer_state *state, float *parameters,
                                 const float *gradient, size_t first, size_t n, float scale,
                                 double rate)
{
    const float step = (float)rate, momentum = state->momentum;

    for (size_t i = first; i < first + n; ++i) {
        state->m[i] = momentum * state->m[i] + scale * gradient[i];
        parameters[i] -= step * state->m[i];
    }
}

void tc_optimizer_update(struct tc_optimizer_state *state, float *parameters, const float *gradient,
                         size_t first, size_t n, float scale, double rate)
{
    switch (state->kind) {
    case TC_OPTIMIZER_ADAM:
        update_adam(state, parameters, gradient, first, n, scale, rate);
        break;
    case TC_OPTIMIZER_RMSPROP:
        update_rmsprop(state, parameters, gradient, first, n, scale, rate);
        break;
    case TC_OPTIMIZER_SGD:
        update_sgd(state, parameters, gradient, first, n, scale, rate);
        break;
    }
}
