/* The plain RNN's elementwise part, forward and back.
 *
 *      h = act(z),     dz = dh act'(z)         act' in terms of h:
 *
 *      tanh 1 - h^2,   logistic h (1 - h),   relu 1 if h > 0 else 0,   identity 1 */
#include "kernels/activation.h"
#include "train/clones.h"
#include "train/shard.h"

#include <string.h>

TC_CLONES static void activate_row(float *restrict z, float *restrict h,
                                   enum tc_activation activation, size_t lanes)
{
    switch (activation) {
    case TC_TANH:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = tc_tanh(z[s]);
        break;
    case TC_LOGISTIC:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = tc_logistic(z[s]);
        break;
    case TC_RELU:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = z[s] < 0.0f ? 0.0f : z[s];
        break;
    case TC_IDENTITY:
        break;
    }
    memcpy(h, z, lanes * sizeof *h);
}

void tc_rnn_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t)
{
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, t);
    float *const h = tc_grid_at(shard, layer->h, layer->hidden, t);

    for (size_t u = 0; u < layer->hidden; ++u)
        activate_row(z + u * shard->pitch, h + u * shard->pitch, layer->activation, shard->lanes);
}

TC_CLONES static void slope_row(float *restrict z, const float *restrict dh,
                                enum tc_activation activation, size_t lanes)
{
    switch (activation) {
    case TC_TANH:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = dh[s] * (1.0f - z[s] * z[s]);
        break;
    case TC_LOGISTIC:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = dh[s] * z[s] * (1.0f - z[s]);
        break;
    case TC_RELU:
#pragma omp simd
        for (size_t s = 0; s < lanes; ++s)
            z[s] = z[s] > 0.0f ? dh[s] : 0.0f;
        break;
    case TC_IDENTITY:
        memcpy(z, dh, lanes * sizeof *z);
        break;
    }
}

void tc_rnn_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t,
                     const float *dh)
{
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, t);

    for (size_t u = 0; u < layer->hidden; ++u)
        slope_row(z + u * shard->pitch, dh + u * shard->pitch, layer->activation, shard->lanes);
}
