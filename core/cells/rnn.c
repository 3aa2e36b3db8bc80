/** @file
 *  Plain (Elman) RNN:
 *
 *      h = act(W x + U h' + b)         h': the hidden state before; b = b_ih + b_hh
 *
 *      act: tanh, relu, logistic, identity; elu: v, or exp(v) - 1 below 0; softmax:
 *      exp(v) / sum exp(v); modReLU: sign(v) max(|v| + b_hh, 0), sign(0) = 0, b = b_ih alone
 *
 *  From: Elman 1990; biases as torch.nn.RNN; modReLU: Arjovsky, Shah & Bengio 2016.
 *
 *  In vectors: activated() in kernels/gates.h. Backward pass: rnn_gates_backward() in
 *  train/kernels/rnn_gates.h. */
#include "cells/cells.h"

#include "cells/activation.h"
#include "cells/column_product.h"

void tc_rnn_step(const struct tc_cell_frame *frame)
{
    const struct tc_cell_weights *const layer = frame->weights;
    const size_t n = layer->hidden;
    float *const h = frame->h, *const z = frame->z;

    tc_affine(z, layer->w_ih, layer->b, frame->x, n, layer->inputs);
    tc_accumulate(z, layer->w_hh, h, n, n);
    tc_activate(z, frame->threshold, frame->activation, n);
    memcpy(h, z, n * sizeof *h);
}
