/** @file
 *  One frame of one channel through one layer, in plain C: the reference for every kernel. The
 *  equations of each cell stand in its file: rnn.c, lstm.c, lstm_peephole.c, gru.c,
 *  gru_reset_before.c.
 *
 *  Arrays must not overlap. Cannot fail. Real-time safe. */
#ifndef TC_CELLS_H
#define TC_CELLS_H

#include "cells/layer_weights.h"

/** A layer's weights with the matrices stored column by column: rows are contiguous, so that the
 *  compiler can vectorise over them. Rows, and biases, are in the order of the cell's slots
 *  (model/cell_slots.h), S in all. Packed one after the other as the fields here:
 *
 *      w_ih       I columns of G*H       all gates
 *      w_hh       H columns              the gates whose product takes h
 *      w_hn       H columns              those whose product takes r h instead
 *      b          S*H                    b_ih + b_hh, where both add to a sum; with modReLU b_ih
 *                                        alone; 0 where a slot is no sum
 *      peephole   3, H                   i, f, o, of an LSTM that has them */
struct tc_cell_weights {
    size_t inputs, hidden; /* I, H */
    const float *w_ih, *w_hh, *w_hn;
    const float *b;
    const float *peephole;
};

/** Floats of a layer's packed weights. */
size_t tc_cell_packed_size(const struct tc_layer_weights *layer);

/** Floats of scratch z that a step takes: S*H. */
size_t tc_cell_scratch(const struct tc_layer_weights *layer);

/** Pack a layer's tensors into tc_cell_packed_size() floats. */
void tc_cell_pack(float *packed, const struct tc_layer_weights *layer);

/** The weights in there. */
struct tc_cell_weights tc_cell_unpack(const float *packed, enum tc_cell cell, size_t inputs,
                                      size_t hidden);

/** What a layer's step reads and writes. */
struct tc_cell_frame {
    const struct tc_cell_weights *weights;
    enum tc_activation activation; /* of a plain RNN */
    const float *threshold;        /* (H) b_hh of modReLU, not read otherwise */
    const float *x;                /* (I) the layer's input */
    float *h;                      /* (H) hidden state: in the previous frame's, out this frame's */
    float *c;                      /* (H) cell state of a cell that has one, in and out */
    float *z;                      /* (S, H) scratch */
};

/** Advance a layer by one frame: tc_rnn_step(), tc_lstm_step() and so on, one for each cell. */
#define TC_CELL_ROW(cell, name, ...) \
    void tc_##name##_step(const struct tc_cell_frame *frame) TC_REALTIME;
#include "model/cell_rows.h"

#endif
