/** @file
 *  GRU, reset before the product:
 *
 *      r = s(W_r x + U_r h' + b_r),   z = s(W_z x + U_z h' + b_z)       h': the hidden state before
 *      h = (1 - z) tanh(W_n x + U_n (r h') + b_n) + z h'                r h': unit by unit
 *                                                                       s(v) = 1 / (1 + exp(-v))
 *
 *  From: Cho et al. 2014; as Keras with reset_after=False, both biases added.
 *
 *  In vectors: gru_reset_gates() and gru_candidate_gate() in
 *  kernels/gru_reset_before_block.h. Backward pass:
 *  candidate_gates_backward(), reset_gate_backward() in train/kernels/gru_reset_before_gates.h. */
#include "cells/cells.h"

#include "cells/activation.h"
#include "cells/column_product.h"

/* z (4H): the sums n, r, z, and r h'. */
void tc_gru_reset_before_step(const struct tc_cell_frame *frame)
{
    const struct tc_cell_weights *const layer = frame->weights;
    const size_t n = layer->hidden;
    float *const h = frame->h, *const z = frame->z;
    float *const r = z + n, *const update = z + 2 * n, *const reset_h = z + 3 * n;

    tc_affine(z, layer->w_ih, layer->b, frame->x, 3 * n, layer->inputs);
    tc_accumulate(r, layer->w_hh, h, 2 * n, n);
    for (size_t u = 0; u < n; ++u)
        reset_h[u] = tc_logistic(r[u]) * h[u];
    tc_accumulate(z, layer->w_hn, reset_h, n, n);
    for (size_t u = 0; u < n; ++u)
        /* 1 - s(z) is 1 / (1 + exp z), exact where z is close to 1. */
        h[u] += (tc_tanh(z[u]) - h[u]) / (1.0f + tc_exp(update[u]));
}
