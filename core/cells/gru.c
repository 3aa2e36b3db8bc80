/** @file
 *  GRU, reset after the product:
 *
 *      n = W_n x + b_in,   q = U_n h' + b_hn               h': the hidden state before
 *      r = s(W_r x + U_r h' + b_r),   z = s(W_z x + U_z h' + b_z)
 *      h = (1 - z) tanh(n + r q) + z h'                    s(v) = 1 / (1 + exp(-v))
 *
 *  From: Cho et al. 2014, in the form of torch.nn.GRU and of Keras with reset_after.
 *
 *  In vectors: gru_gates() in kernels/gru_block.h. Backward pass: gru_gates_backward() in
 *  train/kernels/gru_gates.h. */
#include "cells/cells.h"

#include "cells/activation.h"
#include "cells/column_product.h"

/* z (4H): the sums n, r, z, q. */
static void gates(float *restrict h, const float *restrict z, size_t n)
{
    const float *const r = z + n, *const update = z + 2 * n, *const q = z + 3 * n;

    for (size_t u = 0; u < n; ++u) {
        const float candidate = tc_tanh(z[u] + tc_logistic(r[u]) * q[u]);

        /* 1 - s(z) is 1 / (1 + exp z), exact where z is close to 1. */
        h[u] += (candidate - h[u]) / (1.0f + tc_exp(update[u]));
    }
}

void tc_gru_step(const struct tc_cell_frame *frame)
{
    const struct tc_cell_weights *const layer = frame->weights;
    const size_t n = layer->hidden;
    float *const h = frame->h, *const z = frame->z;

    /* W x adds to n, r, z and U h to r, z, q: in this order, each matrix has contiguous rows. */
    tc_affine(z, layer->w_ih, layer->b, frame->x, 3 * n, layer->inputs);
    memcpy(z + 3 * n, layer->b + 3 * n, n * sizeof *z);
    tc_accumulate(z + n, layer->w_hh, h, 3 * n, n);
    gates(h, z, n);
}
