/** @file
 *  The forward pass of a network over a chunk. */
#ifndef TC_SHARD_FORWARD_H
#define TC_SHARD_FORWARD_H

#include "train/network/shard.h"

/** Run n_frames from the present state with the weights as last packed. The state stays where it is
 *  until tc_shard_advance(). */
void tc_shard_forward(struct tc_shard *shard, unsigned n_frames);

/** Add the moments of a sequence's input of layer `l` (not the lowest), before dropout, in n_frames
 *  of the last forward pass: of every eighth frame, or of all if there are less than 64. */
void tc_shard_add_moments(const struct tc_shard *shard, unsigned l, unsigned sequence,
                          unsigned n_frames, double *moments);

#endif
