#include "cells/cells.h"

#include "cells/product.h"
#include "kernels/activation.h"

void tc_rnn_step(const struct tc_cell_weights *layer, enum tc_activation activation,
                 const float *threshold, const float *x, float *h, float *z)
{
    const size_t n = layer->hidden;

    tc_affine(z, layer->w_ih, layer->b, x, n, layer->inputs);
    tc_accumulate(z, layer->w_hh, h, n, n);
    tc_activate(z, threshold, activation, n);
    memcpy(h, z, n * sizeof *h);
}
