/* The LSTM's elementwise part, forward and back.
 *
 *      c = f c' + i g,   h = o tanh c            c': the cell before; i, f, o logistic, g tanh
 *
 *      do = dh tanh c,                dz_o = do o (1 - o)
 *      dc = dc_next + dh o (1 - tanh^2 c)
 *      di = dc g,                     dz_i = di i (1 - i)
 *      df = dc c',                    dz_f = df f (1 - f)
 *      dg = dc i,                     dz_g = dg (1 - g^2)
 *      dc_next = dc f                 for the frame before
 *
 * From: Gers, Schmidhuber & Cummins 2000; the derivatives by the chain rule. */
#include "kernels/activation.h"
#include "train/clones.h"
#include "train/shard.h"

TC_CLONES void tc_lstm_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                               size_t t)
{
    const size_t n = layer->hidden, pitch = shard->pitch, lanes = shard->lanes;
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, t);
    float *const h_rows = tc_grid_at(shard, layer->h, n, t);
    float *const c_rows = tc_grid_at(shard, layer->c, n, t);
    float *const tanh_rows = tc_grid_at(shard, layer->tanh_c, n, t);
    const float *const old_rows = tc_state_before(shard, layer->c, layer->c_start, n, t);

    for (size_t u = 0; u < n; ++u) {
        float *const restrict i = z + u * pitch, *const restrict f = i + n * pitch;
        float *const restrict g = f + n * pitch, *const restrict o = g + n * pitch;
        float *const restrict h = h_rows + u * pitch, *const restrict c = c_rows + u * pitch;
        float *const restrict tanh_c = tanh_rows + u * pitch;
        const float *const restrict c_old = old_rows + u * pitch;

#pragma omp simd
        for (size_t s = 0; s < lanes; ++s) {
            i[s] = tc_logistic(i[s]);
            f[s] = tc_logistic(f[s]);
            g[s] = tc_tanh(g[s]);
            o[s] = tc_logistic(o[s]);
            c[s] = f[s] * c_old[s] + i[s] * g[s];
            tanh_c[s] = tc_tanh(c[s]);
            h[s] = o[s] * tanh_c[s];
        }
    }
}

TC_CLONES void tc_lstm_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                                size_t t, const float *dh_rows)
{
    const size_t n = layer->hidden, pitch = shard->pitch, lanes = shard->lanes;
    float *const z = tc_grid_at(shard, layer->z, layer->z_rows, t);
    const float *const tanh_rows = tc_grid_at(shard, layer->tanh_c, n, t);
    const float *const old_rows = tc_state_before(shard, layer->c, layer->c_start, n, t);

    for (size_t u = 0; u < n; ++u) {
        float *const restrict i = z + u * pitch, *const restrict f = i + n * pitch;
        float *const restrict g = f + n * pitch, *const restrict o = g + n * pitch;
        float *const restrict dc_next = shard->dc_next + u * pitch;
        const float *const restrict dh = dh_rows + u * pitch;
        const float *const restrict tanh_c = tanh_rows + u * pitch;
        const float *const restrict c_old = old_rows + u * pitch;

#pragma omp simd
        for (size_t s = 0; s < lanes; ++s) {
            const float dc = dc_next[s] + dh[s] * o[s] * (1.0f - tanh_c[s] * tanh_c[s]);
            const float in = i[s], forget = f[s], candidate = g[s];

            o[s] = dh[s] * tanh_c[s] * o[s] * (1.0f - o[s]);
            i[s] = dc * candidate * in * (1.0f - in);
            f[s] = dc * c_old[s] * forget * (1.0f - forget);
            g[s] = dc * in * (1.0f - candidate * candidate);
            dc_next[s] = dc * forget;
        }
    }
}
