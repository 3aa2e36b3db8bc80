/** @file
 *  Loss functions and their gradients. */
#ifndef TC_LOSS_H
#define TC_LOSS_H

#include "train/data/chunk.h"
#include "train/network/network.h"

/** Loss of one sequence's output in a chunk, with e = y - target, the sums over the range's n
 *  frames:
 *
 *      L = (0.75 sum e^2 + 0.25 n (mean e)^2) * scale
 *
 *  summed over outputs; with scale = 1 / (target power * all frames of the chunk) that is
 *  0.75 ESR + 0.25 DC. Writes dL/dy = (1.5 e + 0.5 mean e) * scale, zero outside the range, for
 *  all n_frames. target[o] points to output o's value at frame 0 of the chunk.
 *
 *  From: Wright, Damskagg & Valimaki 2019, with one fixed power in place of each chunk's own, so
 *  that quiet chunks do not outweigh loud ones. */
double tc_loss_sequence(struct tc_shard *shard, unsigned sequence, unsigned outputs,
                        const float *const *target, float target_gain, struct tc_loss_range range,
                        unsigned n_frames, double scale);

/** The same of sums v whose readout gives probabilities y, with the cross-entropy as
 *  tc_score_add_probabilities() has it:
 *
 *      L = cross-entropy(target, y) * scale,      dL/dv = (y - target) * scale
 *
 *  for a softmax because its targets' sum is 1. From: Bridle 1990. */
double tc_loss_sequence_probabilities(struct tc_shard *shard, unsigned sequence,
                                      const struct tc_architecture *arch,
                                      const float *const *target, struct tc_loss_range range,
                                      unsigned n_frames, double scale);

#endif
