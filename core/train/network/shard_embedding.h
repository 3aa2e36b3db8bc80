/** @file
 *  The embedding of an input of symbols, forward and backward. Private to the files shard*.c. */
#ifndef TC_SHARD_EMBEDDING_H
#define TC_SHARD_EMBEDDING_H

#include "train/network/shard_memory.h"

/** Write a block's vectors e to the network's input, after the knobs. */
void tc_shard_embedding_forward(const struct tc_shard *shard, struct tc_block block);

/** Add dL/dE to the gradient of all parameters.
 *
 *  dx  (frames, sequences, inputs of layer 0, padded) dL/d of the network's input */
void tc_shard_embedding_backward(const struct tc_shard *shard, struct tc_block block,
                                 const float *dx, float *gradient);

#endif
