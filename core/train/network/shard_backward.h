/** @file
 *  The backward pass through a chunk: truncated backpropagation through time.
 *
 *  The gradient is cut between chunks: a chunk's first state is taken as a constant, so that no
 *  gradient flows to earlier chunks. (That of a learned or encoded initial state is read from the
 *  first chunk by shard_initial_state.h.) Where gradients are to be followed further than a shard
 *  has memory for, a longer chunk is worked on in parts, from the last to the first, and the
 *  gradient is handed over from part to part.
 *
 *  From: Williams & Peng 1990; Werbos 1990. */
#ifndef TC_SHARD_BACKWARD_H
#define TC_SHARD_BACKWARD_H

#include "train/network/shard.h"

/** Backward through the n_frames of the last forward pass; no gradient enters from later frames.
 *  gradient += dL/dparameters, except those of h0 and c0 (shard_initial_state.h). */
void tc_shard_backward(struct tc_shard *shard, float *gradient, unsigned n_frames);

/** The same, but the gradient of later frames enters: of those of the previous call, or none after
 *  tc_shard_cut_gradient().
 *
 *  gradient_factor  (n_frames) factors on all of dL/dstate that a frame receives from the next
 *                   frame, that of the last frame on what enters; NULL = 1 (random truncation) */
void tc_shard_backward_continued(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                 const float *gradient_factor);

/** No gradient enters the next tc_shard_backward_continued(). */
void tc_shard_cut_gradient(struct tc_shard *shard);

/** As tc_shard_backward(), but dL/dstate after the last frame enters, in the order of
 *  tc_shard_save_state(). */
void tc_shard_backward_from_state(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                  const float *state_gradient);

#endif
