/** @file
 *  LSTM with peepholes p from the cell state to the gates, unit by unit:
 *
 *      z = W x + U h' + b                  i, f, g, o = the four quarters of z
 *      c = s(f + p_f c') c' + s(i + p_i c') tanh(g)
 *      h = s(o + p_o c) tanh(c)            h', c' = the state of the frame before
 *                                          s(v) = 1 / (1 + exp(-v))
 *
 *  From: Gers & Schmidhuber 2000, Recurrent nets that time and count.
 *
 *  In vectors: lstm_gates() in kernels/gates_by_quotient.h and gates_by_table.h. Backward pass:
 *  lstm_gates_backward() in train/kernels/lstm_gates.h. */
#include "cells/cells.h"

#include "cells/activation.h"
#include "cells/column_product.h"

static void gates(float *restrict h, float *restrict c, const float *restrict z,
                  const float *restrict peephole, size_t n)
{
    const float *const i = z, *const f = z + n, *const g = z + 2 * n, *const o = z + 3 * n;
    const float *const p_i = peephole, *const p_f = peephole + n, *const p_o = peephole + 2 * n;

    for (size_t u = 0; u < n; ++u) {
        const float keep = tc_logistic(f[u] + p_f[u] * c[u]);

        c[u] = keep * c[u] + tc_logistic(i[u] + p_i[u] * c[u]) * tc_tanh(g[u]);
        h[u] = tc_logistic(o[u] + p_o[u] * c[u]) * tc_tanh(c[u]);
    }
}

void tc_lstm_peephole_step(const struct tc_cell_frame *frame)
{
    const struct tc_cell_weights *const layer = frame->weights;
    const size_t n = layer->hidden;
    float *const h = frame->h, *const z = frame->z;

    tc_affine(z, layer->w_ih, layer->b, frame->x, 4 * n, layer->inputs);
    tc_accumulate(z, layer->w_hh, h, 4 * n, n);
    gates(h, frame->c, z, layer->peephole, n);
}
