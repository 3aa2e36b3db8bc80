#include "train/adam.h"

#include "train/clones.h"

#include <math.h>
#include <string.h>

static const float b1 = 0.9f, b2 = 0.999f, eps = 1e-8f;

void tc_adam_reset(struct tc_adam *adam, size_t n)
{
    memset(adam->m, 0, n * sizeof *adam->m);
    memset(adam->v, 0, n * sizeof *adam->v);
    adam->m_weight = adam->v_weight = 1.0;
}

TC_CLONES void tc_adam_update(struct tc_adam *adam, float *parameters, const float *gradient,
                              size_t n, float scale, double rate)
{
    float step, v_scale;

    adam->m_weight *= b1;
    adam->v_weight *= b2;
    step = (float)(rate / (1.0 - adam->m_weight));
    v_scale = (float)(1.0 / (1.0 - adam->v_weight));
    for (size_t i = 0; i < n; ++i) {
        const float g = scale * gradient[i];

        adam->m[i] = b1 * adam->m[i] + (1.0f - b1) * g;
        adam->v[i] = b2 * adam->v[i] + (1.0f - b2) * g * g;
        parameters[i] -= step * adam->m[i] / (sqrtf(adam->v[i] * v_scale) + eps);
    }
}
