/** @file
 *  The weights of a recurrent layer as a model stores them. */
#ifndef TC_LAYER_WEIGHTS_H
#define TC_LAYER_WEIGHTS_H

#include "model/cell.h"

/** A layer's tensors, in the order of torch.nn: matrices row-major, rows in blocks of H by gate
 *  (i, f, g, o of an LSTM, r, z, n of a GRU), G gates. */
struct tc_layer_weights {
    enum tc_cell cell;
    enum tc_activation activation; /* of a plain RNN */
    size_t inputs, hidden;         /* I, H */
    const float *w_ih;             /* (G*H, I) */
    const float *w_hh;             /* (G*H, H) */
    const float *b_ih, *b_hh;      /* (G*H) */
    enum tc_precision precision;   /* half is used where it is faster; the bound of sums is then
                                      that of the weights as kernels/bf16_pair.h stores them */
    const float *peephole;         /* (3, H) i, f, o, of an LSTM that has them */
};

#endif
