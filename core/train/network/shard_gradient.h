/** @file
 *  From a shard's gradients, packed as the kernels add them up, to one vector in the order of the
 *  parameters. Private to shard_backward.c. */
#ifndef TC_SHARD_GRADIENT_H
#define TC_SHARD_GRADIENT_H

#include "train/network/shard_memory.h"

/** Set the shard's own gradients to 0. */
void tc_shard_clear_gradient(struct tc_shard *shard);

/** gradient += those of all layers and of the readout, for a chunk of n_frames. */
void tc_shard_add_gradient(struct tc_shard *shard, float *gradient, unsigned n_frames);

#endif
