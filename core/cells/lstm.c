#include "cells/cells.h"

void tc_lstm_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                  float *h, float *c, float *z, size_t lanes)
{
    const size_t n = layer->hidden;

    k->affine(z, 4 * n, layer->w_ih, layer->b, x, 4 * n, layer->inputs, lanes);
    k->accumulate(z, 4 * n, layer->w_hh, h, 4 * n, n, lanes);
    for (size_t l = 0; l < lanes; ++l)
        k->lstm_gates(h + l * n, c + l * n, z + l * 4 * n, n);
}
