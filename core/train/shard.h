/** @file
 *  Inside of a shard.
 *
 *  What a chunk leaves behind is kept in grids. A grid of R rows is a row of blocks of F =
 *  TC_BLOCK_FRAMES frames; a block is (R, F * lanes) with `pitch` floats from row to row:
 *
 *      frame t, row r, lane s:  grid + (t / F * R + r) * pitch + t % F * lanes + s
 *
 *  so one step's product works on (R, lanes) with the block still in cache, and the products over
 *  a whole block, where time and lanes are one long dimension, work on (R, F * lanes). */
#ifndef TC_SHARD_H
#define TC_SHARD_H

#include "model/model.h"
#include "train/network.h"

enum { TC_BLOCK_FRAMES = 16 };

/** One recurrent layer's memory of a chunk. Rows of z: rnn, lstm as PyTorch; gru n, r, z, q as in
 *  tc_gru_step(). After the forward pass z holds the activated gates (of a GRU's q the sum), after
 *  the backward pass their gradients before activation. */
struct tc_shard_layer {
    enum tc_cell cell;
    enum tc_activation activation;
    size_t inputs, hidden, z_rows;
    struct tc_layer_offsets at; /* in parameters and gradients */
    const float *x;             /* grid (inputs): the network's input, or h of the layer below */
    float *z;                   /* grid (z_rows) */
    float *h, *c, *tanh_c;      /* grids (hidden); c and tanh_c of an LSTM only */
    float *h_start, *c_start;   /* (hidden, lanes) at pitch: the present state */
};

struct tc_shard {
    struct tc_architecture arch;
    size_t lanes, pitch, max_frames;
    struct tc_shard_layer layer[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    float *x, *y, *dy;        /* grids: network input, output, dL/dy */
    float *dh, *dh_below;     /* grids (hidden): dL/dh of the layer in work, of the one below */
    float *dh_next, *dc_next; /* (hidden, lanes) at pitch: from frame t + 1 */
    float *ones;              /* (TC_BLOCK_FRAMES * lanes) */
    float *memory;
};

/** Frame t of a grid. */
static inline float *tc_grid_at(const struct tc_shard *shard, const float *grid, size_t rows,
                                size_t t)
{
    return (float *)grid + t / TC_BLOCK_FRAMES * rows * shard->pitch +
           t % TC_BLOCK_FRAMES * shard->lanes;
}

/* Elementwise parts of the cells; the products are the same for all of them (shard.c).
 *
 * forward: z (z_rows) holds the sums before activation; write gates, h, and c, tanh_c where the
 * cell has them, from the state before (h_old, c_old).
 * backward: dh is dL/dh of this frame, complete. Turn z into dL/dz in place; dc_next in and out.
 * A GRU leaves dL/dh of the direct way h -> h in dh_next. All at the shard's pitch and lanes. */
void tc_rnn_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t);
void tc_rnn_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t,
                     const float *dh);
void tc_lstm_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t);
void tc_lstm_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t,
                      const float *dh);
void tc_gru_forward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t);
void tc_gru_backward(const struct tc_shard *shard, const struct tc_shard_layer *layer, size_t t,
                     const float *dh);

/** h (or c) before frame t. */
static inline const float *tc_state_before(const struct tc_shard *shard, const float *grid,
                                           const float *start, size_t hidden, size_t t)
{
    return t ? tc_grid_at(shard, grid, hidden, t - 1) : start;
}

#endif
