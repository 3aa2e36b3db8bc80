/* The GRU's elementwise part, forward and back; rows of z: n, r, z, q.
 *
 *      N = tanh(n + r q),   h = (1 - z) N + z h'       h': the state before; r, z logistic
 *
 *      dN = dh (1 - z),               dz_n = dN (1 - N^2)
 *      dz_q = dz_n r,                 dr = dz_n q,       dz_r = dr r (1 - r)
 *      dz = dh (h' - N),              dz_z = dz z (1 - z)
 *      dh_next = dh z                 the direct way to the frame before
 *
 * From: Cho et al. 2014, reset after the product; the derivatives by the chain rule. */
#include "kernels/activation.h"
#include "train/clones.h"
#include "train/shard.h"

TC_CLONES void tc_gru_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                              size_t t)
{
    const size_t units = layer->hidden, pitch = shard->pitch, lanes = shard->lanes;
    float *const rows = tc_grid_at(shard, layer->z, layer->z_rows, t);
    float *const h_rows = tc_grid_at(shard, layer->h, units, t);
    const float *const old_rows = tc_state_before(shard, layer->h, layer->h_start, units, t);

    for (size_t u = 0; u < units; ++u) {
        float *const restrict n = rows + u * pitch, *const restrict r = n + units * pitch;
        float *const restrict z = r + units * pitch;
        const float *const restrict q = z + units * pitch;
        const float *const restrict h_old = old_rows + u * pitch;
        float *const restrict h = h_rows + u * pitch;

#pragma omp simd
        for (size_t s = 0; s < lanes; ++s) {
            r[s] = tc_logistic(r[s]);
            z[s] = tc_logistic(z[s]);
            n[s] = tc_tanh(n[s] + r[s] * q[s]);
            h[s] = (1.0f - z[s]) * n[s] + z[s] * h_old[s];
        }
    }
}

TC_CLONES void tc_gru_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer,
                               size_t t, const float *dh_rows)
{
    const size_t units = layer->hidden, pitch = shard->pitch, lanes = shard->lanes;
    float *const rows = tc_grid_at(shard, layer->z, layer->z_rows, t);
    const float *const old_rows = tc_state_before(shard, layer->h, layer->h_start, units, t);

    for (size_t u = 0; u < units; ++u) {
        float *const restrict n = rows + u * pitch, *const restrict r = n + units * pitch;
        float *const restrict z = r + units * pitch, *const restrict q = z + units * pitch;
        const float *const restrict h_old = old_rows + u * pitch;
        const float *const restrict dh = dh_rows + u * pitch;
        float *const restrict dh_next = shard->dh_next + u * pitch;

#pragma omp simd
        for (size_t s = 0; s < lanes; ++s) {
            const float update = z[s], candidate = n[s], reset = r[s];
            const float dn = dh[s] * (1.0f - update) * (1.0f - candidate * candidate);

            n[s] = dn;
            r[s] = dn * q[s] * reset * (1.0f - reset);
            z[s] = dh[s] * (h_old[s] - candidate) * update * (1.0f - update);
            q[s] = dn * reset;
            dh_next[s] = dh[s] * update;
        }
    }
}
