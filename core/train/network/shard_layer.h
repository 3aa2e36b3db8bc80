/** @file
 *  One layer's view of a block of frames. Private to the files shard_*.c. */
#ifndef TC_SHARD_LAYER_H
#define TC_SHARD_LAYER_H

#include "train/network/shard_memory.h"

/** A signal's rows from frame t on. */
struct tc_rows tc_shard_rows(const struct tc_shard *shard, float *signal, size_t rows, size_t t);

/** A layer's output, from frame t - 1 of the chunk on; there is none for t = 0. */
float *tc_shard_layer_output(const struct tc_shard *shard, unsigned l, size_t t);

/** sum (frames, sequences, units) = a layer's state h, and of a residual one h + its input: its
 *  output before layer normalisation. */
void tc_shard_residual_sum(const struct tc_shard *shard, unsigned l, struct tc_block block,
                           float *sum);

/** A layer at work on a block. Its input is the output of the layer below after dropout. */
struct tc_layer_block tc_shard_layer_block(const struct tc_shard *shard, unsigned l,
                                           struct tc_block block);

/** The last layer as the readout sees it: h is its output. */
struct tc_layer_block tc_shard_readout_block(const struct tc_shard *shard, struct tc_block block);

/** Whether a layer's input has dropout; and that of a block of it (frames, sequences, units of the
 *  layer below), or of its gradient. */
bool tc_shard_has_dropout(const struct tc_shard *shard, unsigned l);
void tc_shard_apply_dropout(const struct tc_shard *shard, unsigned l, struct tc_block block,
                            float *values);

#endif
