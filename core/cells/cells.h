/** @file
 *  One frame through one layer. The weights are packed once, when a stream is made.
 *
 *  Common rules: x (lanes, I) is the layer's input, h (lanes, H) its state and output, one lane
 *  after the other. Arrays must not overlap. Cannot fail. Real-time safe. */
#ifndef TC_CELLS_H
#define TC_CELLS_H

#include "kernels/kernels.h"

/** A layer ready to run: weights column by column, biases added where the cell allows. */
struct tc_packed_layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden;
    float *w_ih; /* (I, G*H); of a GRU the blocks stand in the order n, r, z */
    float *w_hh; /* (H, G*H); of a GRU r, z, n */
    float *b;    /* (G*H) in w_ih's order: b_ih + b_hh, but b_ih alone for a GRU's n */
    float *b_hn; /* (H) a GRU's b_hh of n; NULL otherwise */
};

/** Floats that a layer's packed weights take, and floats of scratch z a step takes per lane. */
size_t tc_packed_size(enum tc_cell cell, size_t inputs, size_t hidden);
size_t tc_cell_scratch(enum tc_cell cell, size_t hidden);

/** PyTorch's four tensors of a layer into `memory`, tc_packed_size() floats. */
void tc_pack_layer(struct tc_packed_layer *packed, float *memory, const struct tc_layer *layer,
                   size_t inputs, const float *w_ih, const float *w_hh, const float *b_ih,
                   const float *b_hh);

/** Advance a plain RNN layer by one frame.
 *
 *      h = act(W x + U h + b)          act: tanh, relu, logistic, identity
 *
 *  h  (H)  in and out          z  (H)  scratch
 *
 *  From: Elman 1990; biases as torch.nn.RNN. */
void tc_rnn_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                 float *h, float *z, size_t lanes) TC_REALTIME;

/** Advance an LSTM layer by one frame.
 *
 *      z = W x + U h + b               i, f, g, o = the four quarters of z
 *      c = s(f) c + s(i) tanh(g)       s(v) = 1 / (1 + exp(-v))
 *      h = s(o) tanh(c)
 *
 *  h  (H)  in and out          c  (H)  in and out          z  (4H)  scratch
 *
 *  From: Gers, Schmidhuber & Cummins 2000, no peepholes; gates as torch.nn.LSTM. */
void tc_lstm_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                  float *h, float *c, float *z, size_t lanes) TC_REALTIME;

/** Advance a GRU layer by one frame, reset after the product.
 *
 *      n = W_n x + b_in,   q = U_n h + b_hn
 *      r = s(W_r x + U_r h + b_r),   z = s(W_z x + U_z h + b_z)
 *      h = (1 - z) tanh(n + r q) + z h
 *
 *  h  (H)  in and out          z  (4H)  scratch: n, r, z, q
 *
 *  From: Cho et al. 2014, in the form of torch.nn.GRU and of Keras with reset_after. */
void tc_gru_step(const struct tc_packed_layer *layer, const struct tc_kernels *k, const float *x,
                 float *h, float *z, size_t lanes) TC_REALTIME;

#endif
