#include "cells/cells.h"

#include <string.h>

void tc_rnn_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                 float *h, float *z, size_t lanes)
{
    const size_t n = layer->hidden;

    k->affine(z, n, layer->w_ih, layer->b, x, n, layer->inputs, lanes);
    k->accumulate(z, n, layer->w_hh, h, n, n, lanes);
    k->activate(z, layer->activation, n * lanes);
    memcpy(h, z, n * lanes * sizeof *h);
}
