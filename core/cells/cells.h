/** @file
 *  One frame of one channel through one layer, in plain C: the reference for every kernel. The
 *  equations of each cell stand in its file: rnn.c, lstm.c, lstm_peephole.c, gru.c,
 *  gru_reset_before.c.
 *
 *  In all steps
 *
 *      x (I)   the layer's input
 *      h (H)   its hidden state and output: in the previous frame's, out this frame's
 *      c (H)   the cell state of an LSTM, in and out
 *      z       scratch of tc_cell_scratch() floats
 *
 *  Arrays must not overlap. Cannot fail. Real-time safe. */
#ifndef TC_CELLS_H
#define TC_CELLS_H

#include "cells/layer_weights.h"

/** A layer's weights with the matrices stored column by column: rows are contiguous, so that the
 *  compiler can vectorise over them. Packed one after the other as the fields here:
 *
 *      w_ih       I columns of G*H       gates i, f, g, o (LSTM); n, r, z (GRU); r, z, n (GRU that
 *                                        resets before the product)
 *      w_hh       H columns of G*H       r, z, n (GRU); H columns of 2H, r, z, if it resets before
 *      w_hn       H columns of H         n of a GRU that resets before
 *      b          G*H in w_ih's order    b_ih + b_hh, but b_ih alone for the n of a GRU that resets
 *                                        after the product, and with modReLU
 *      b_hn       H                      b_hh of that n
 *      peephole   3, H                   i, f, o, of an LSTM that has them */
struct tc_cell_weights {
    size_t inputs, hidden; /* I, H */
    const float *w_ih, *w_hh, *w_hn;
    const float *b, *b_hn;
    const float *peephole;
};

/** Floats of a layer's packed weights. */
size_t tc_cell_packed_size(const struct tc_layer_weights *layer);

/** Floats of scratch z that a step takes. */
size_t tc_cell_scratch(const struct tc_layer_weights *layer);

/** Pack a layer's tensors into tc_cell_packed_size() floats. */
void tc_cell_pack(float *packed, const struct tc_layer_weights *layer);

/** The weights in there. */
struct tc_cell_weights tc_cell_unpack(const float *packed, enum tc_cell cell, size_t inputs,
                                      size_t hidden);

/** Advance a plain RNN layer by one frame.
 *
 *  threshold (H) b_hh of modReLU, not read otherwise          z (H) */
void tc_rnn_step(const struct tc_cell_weights *layer, enum tc_activation activation,
                 const float *threshold, const float *x, float *h, float *z) TC_REALTIME;

/** Advance an LSTM layer by one frame. z (4H) */
void tc_lstm_step(const struct tc_cell_weights *layer, const float *x, float *h, float *c,
                  float *z) TC_REALTIME;

/** Advance an LSTM layer with peepholes by one frame. z (4H) */
void tc_lstm_peephole_step(const struct tc_cell_weights *layer, const float *x, float *h, float *c,
                           float *z) TC_REALTIME;

/** Advance a GRU layer, reset after the product, by one frame. z (4H) */
void tc_gru_step(const struct tc_cell_weights *layer, const float *x, float *h,
                 float *z) TC_REALTIME;

/** Advance a GRU layer, reset before the product, by one frame. z (4H) */
void tc_gru_reset_before_step(const struct tc_cell_weights *layer, const float *x, float *h,
                              float *z) TC_REALTIME;

#endif
