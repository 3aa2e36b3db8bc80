/** @file
 *  A shard's sequences in a chunk: forward, and backward with recomputation.
 *
 *  A shard has memory for max_frames at a time. A longer chunk is taken in parts: forward through
 *  all of them, the state before each stored; then, from the last part to the first, forward again
 *  from the stored state, and backward.  From: Chen, Xu, Zhang & Guestrin 2016. */
#ifndef TC_SEQUENCES_H
#define TC_SEQUENCES_H

#include "train/data/chunk.h"
#include "train/trainer.h"

/** All sequences to the initial state h0, c0, and no errors yet. */
void tc_sequences_reset(struct tc_trainer *trainer);

/** What the sequences of shard s carry from chunk to chunk, the shard's state and then that of the
 *  error's filter: how many floats it takes, a copy of it to `to`, and back from `from`. */
size_t tc_sequences_state_floats(const struct tc_trainer *trainer, size_t s);
void tc_sequences_save_state(const struct tc_trainer *trainer, size_t s, float *to);
void tc_sequences_load_state(const struct tc_trainer *trainer, size_t s, const float *from);

/** At the start of their segments, let the sequences of shard s start in the state in which the
 *  encoder ends; nothing without an encoder, or elsewhere. */
void tc_sequences_encode(const struct tc_trainer *trainer, size_t s, const struct tc_chunk *chunk);

/** Move the states of shard s through a chunk, without a gradient. */
void tc_sequences_forward_only(const struct tc_trainer *trainer, size_t s,
                               const struct tc_chunk *chunk);

/** The same, with the shard's loss and gradient. */
void tc_sequences_forward_backward(const struct tc_trainer *trainer, size_t s,
                                   const struct tc_chunk *chunk);

/** The moments of what a layer of shard s was given in the last step (batch_norm.h). */
double *tc_sequences_moments(const struct tc_trainer *trainer, size_t s, unsigned layer);

#endif
