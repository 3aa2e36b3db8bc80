#include "cells/cells.h"

#include "cells/product.h"
#include "kernels/activation.h"

static void gates(float *restrict h, const float *restrict z, size_t n)
{
    const float *const r = z + n, *const update = z + 2 * n, *const q = z + 3 * n;

    for (size_t u = 0; u < n; ++u) {
        const float candidate = tc_tanh(z[u] + tc_logistic(r[u]) * q[u]);

        /* 1 - s(z) is 1 / (1 + exp z), exact where the gate hardly ever lets go. */
        h[u] += (candidate - h[u]) / (1.0f + tc_exp(update[u]));
    }
}

void tc_gru_step(const struct tc_cell_weights *layer, const float *x, float *h, float *z)
{
    const size_t n = layer->hidden;

    /* The input feeds n, r, z and the state r, z, q: with q last, either product is one block. */
    tc_affine(z, layer->w_ih, layer->b, x, 3 * n, layer->inputs);
    memcpy(z + 3 * n, layer->b_hn, n * sizeof *z);
    tc_accumulate(z + n, layer->w_hh, h, 3 * n, n);
    gates(h, z, n);
}
