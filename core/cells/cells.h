/** @file
 *  One frame of one channel through one layer, in plain C: the reference for every kernel.
 *
 *  x (I) is the layer's input, h (H) its state and output. Weights stand column by column, so that
 *  rows are contiguous and the compiler can vectorise over them. Arrays must not overlap. Cannot
 *  fail. Real-time safe. */
#ifndef TC_CELLS_H
#define TC_CELLS_H

#include "kernels/kernels.h"

/** A layer's weights, biases added where the cell allows. */
struct tc_cell_weights {
    size_t inputs, hidden;
    const float *w_ih; /* (I, G*H); of a GRU the blocks stand in the order n, r, z, or r, z, n if it
                          resets before */
    const float *w_hh; /* (H, G*H); of a GRU r, z, n; (H, 2H), r, z, if it resets before */
    const float *w_hn; /* (H, H) n of a GRU that resets before */
    const float *b;    /* (G*H) in w_ih's order: b_ih + b_hh, but b_ih alone for the n of a GRU that
                          resets after, and with modReLU */
    const float *b_hn; /* (H) its b_hh of n */
    const float *peephole; /* (3, H) i, f, o of an LSTM that has them */
};

/** Floats of a layer's packed weights. */
size_t tc_cell_packed_size(const struct tc_layer_weights *layer);

/** Floats of scratch z that a step takes. */
size_t tc_cell_scratch(const struct tc_layer_weights *layer);

/** A layer's tensors into tc_cell_packed_size() floats. */
void tc_cell_pack(float *packed, const struct tc_layer_weights *layer);

/** Where they are in there. */
struct tc_cell_weights tc_cell_unpack(const float *packed, enum tc_cell cell, size_t inputs,
                                      size_t hidden);

/** Advance a plain RNN layer by one frame.
 *
 *      h = act(W x + U h + b)          act: tanh, relu, logistic, identity, modReLU:
 *                                      sign(v) max(|v| + threshold, 0), sign(0) = 0; elu: v, or
 *                                      exp(v) - 1 below 0; softmax: exp(v) / sum exp(v)
 *
 *  threshold (H) b_hh of modReLU, not read otherwise
 *  h (H) in and out          z (H) scratch
 *
 *  From: Elman 1990; biases as torch.nn.RNN; modReLU: Arjovsky, Shah & Bengio 2016. */
void tc_rnn_step(const struct tc_cell_weights *layer, enum tc_activation activation,
                 const float *threshold, const float *x, float *h, float *z) TC_REALTIME;

/** Advance an LSTM layer by one frame.
 *
 *      z = W x + U h + b               i, f, g, o = the four quarters of z
 *      c = s(f) c + s(i) tanh(g)       s(v) = 1 / (1 + exp(-v))
 *      h = s(o) tanh(c)
 *
 *  h (H) in and out          c (H) in and out          z (4H) scratch
 *
 *  From: Gers, Schmidhuber & Cummins 2000, no peepholes; gates as torch.nn.LSTM. */
void tc_lstm_step(const struct tc_cell_weights *layer, const float *x, float *h, float *c,
                  float *z) TC_REALTIME;

/** Advance an LSTM layer with peepholes by one frame.
 *
 *      z = W x + U h + b               i, f, g, o = the four quarters of z; p the peepholes
 *      c' = s(f + p_f c) c + s(i + p_i c) tanh(g)     c' becomes c
 *      h = s(o + p_o c') tanh(c')      p c: unit by unit
 *
 *  h (H) in and out          c (H) in and out          z (4H) scratch
 *
 *  From: Gers & Schmidhuber 2000, Recurrent nets that time and count. */
void tc_lstm_peephole_step(const struct tc_cell_weights *layer, const float *x, float *h, float *c,
                           float *z) TC_REALTIME;

/** Advance a GRU layer by one frame, reset after the product.
 *
 *      n = W_n x + b_in,   q = U_n h + b_hn
 *      r = s(W_r x + U_r h + b_r),   z = s(W_z x + U_z h + b_z)
 *      h = (1 - z) tanh(n + r q) + z h
 *
 *  h (H) in and out          z (4H) scratch: n, r, z, q
 *
 *  From: Cho et al. 2014, in the form of torch.nn.GRU and of Keras with reset_after. */
void tc_gru_step(const struct tc_cell_weights *layer, const float *x, float *h,
                 float *z) TC_REALTIME;

/** Advance a GRU layer by one frame, reset before the product.
 *
 *      r = s(W_r x + U_r h + b_r),   z = s(W_z x + U_z h + b_z)
 *      h = (1 - z) tanh(W_n x + U_n (r h) + b_n) + z h          r h: unit by unit
 *
 *  h (H) in and out          z (4H) scratch: r, z, n, r h
 *
 *  From: Cho et al. 2014; as Keras with reset_after=False, both biases added. */
void tc_gru_reset_before_step(const struct tc_cell_weights *layer, const float *x, float *h,
                              float *z) TC_REALTIME;

#endif
