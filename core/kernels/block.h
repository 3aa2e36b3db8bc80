/** @file
 *  What the gates of a block of units read and write, for the ..._block.h of each cell. Those have
 *  two functions, from a block's sums to its new state:
 *
 *      NAME_block()         z: the sums in the order of the gates, a vector each; then that of the
 *                           state alone, if a gate has two (weight_layout.h)
 *      NAME_half_block()    of a half block: the same, two gates to a vector */
#ifndef TC_BLOCK_H
#define TC_BLOCK_H

#include "kernels/gates.h"

/* A block of one channel. Arrays begin at its first unit, but for `threshold`. */
struct block {
    const float *h;        /* the state before */
    float *new_h;          /* after; in between, a second step finds there what the first stored */
    float *c;              /* cell state, in and out; NULL if the cell has none */
    float *reset_h;        /* r h, for the second step of a cell that has one, or NULL */
    bool second_step;      /* this is that */
    const float *peephole; /* three vectors: i, f, o; NULL if the cell has none */
    enum tc_activation activation; /* of a plain RNN */
    const float *threshold;        /* of modReLU, all units */
    size_t unit;                   /* the first */
};

#endif
