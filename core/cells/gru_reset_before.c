#include "cells/cells.h"

#include "cells/product.h"
#include "kernels/activation.h"

void tc_gru_reset_before_step(const struct tc_cell_weights *layer, const float *x, float *h,
                              float *z)
{
    const size_t n = layer->hidden;
    float *const update = z + n, *const candidate = z + 2 * n, *const gated = z + 3 * n;

    tc_affine(z, layer->w_ih, layer->b, x, 3 * n, layer->inputs);
    tc_accumulate(z, layer->w_hh, h, 2 * n, n);
    for (size_t u = 0; u < n; ++u)
        gated[u] = tc_logistic(z[u]) * h[u];
    tc_accumulate(candidate, layer->w_hn, gated, n, n);
    for (size_t u = 0; u < n; ++u)
        /* 1 - s(z) is 1 / (1 + exp z), exact where the gate hardly ever lets go. */
        h[u] += (tc_tanh(candidate[u]) - h[u]) / (1.0f + tc_exp(update[u]));
}
