#include "cells/cells.h"

#include <string.h>

void tc_gru_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                 float *h, float *z, size_t lanes)
{
    const size_t n = layer->hidden;

    /* The input feeds n, r, z and the state r, z, q: with q last, either product is one block. */
    k->affine(z, 4 * n, layer->w_ih, layer->b, x, 3 * n, layer->inputs, lanes);
    for (size_t l = 0; l < lanes; ++l)
        memcpy(z + l * 4 * n + 3 * n, layer->b_hn, n * sizeof *z);
    k->accumulate(z + n, 4 * n, layer->w_hh, h, 3 * n, n, lanes);
    for (size_t l = 0; l < lanes; ++l)
        k->gru_gates(h + l * n, z + l * 4 * n, n);
}
