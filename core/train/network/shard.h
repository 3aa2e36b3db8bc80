/** @file
 *  A shard: some of a batch's sequences, side by side through one network.
 *
 *  A shard holds everything of the forward pass that the backward pass needs, and belongs to one
 *  thread at a time. Signals are kept sequence by sequence, row by row: a sequence's row is
 *  max_frames consecutive samples. Gradients are flat vectors in the order of
 *  tc_architecture_tensors(). The network is that of tonecell.h with both gains at 1: the caller
 *  scales input and target. */
#ifndef TC_SHARD_H
#define TC_SHARD_H

#include "train/network/dropout.h"
#include "train/network/weights.h"

struct tc_shard;

/** A shard of `sequences` (from 1) sequences for chunks of up to max_frames, through the network
 *  that the weights are of; they must outlive it. States start at zero. Errors: TC_NO_MEMORY. */
enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_weights *weights,
                            unsigned sequences, unsigned max_frames, struct tc_error *error);
void tc_shard_free(struct tc_shard *shard);

/** Bytes of memory that a shard takes. */
size_t tc_shard_size(const struct tc_shard *shard);

/** A sequence's network input (audio inputs, then knobs), to be filled before the forward pass. */
float *tc_shard_input(struct tc_shard *shard, unsigned sequence, unsigned row);

/** A sequence's symbols (indices, as tc_input_buffers() says), of a network that has an input of
 *  them, to be filled too. */
float *tc_shard_symbols(struct tc_shard *shard, unsigned sequence);

/** A sequence's output, valid after the forward pass. */
const float *tc_shard_output(const struct tc_shard *shard, unsigned sequence, unsigned output);

/** A sequence's dL/dy, to be filled before the backward pass. */
float *tc_shard_output_gradient(struct tc_shard *shard, unsigned sequence, unsigned output);

/** The same of all outputs of a sequence: [outputs] pointers. */
float *const *tc_shard_output_gradients(struct tc_shard *shard, unsigned sequence);

/** Scratch for [outputs] pointers to the targets of the sequence whose loss is computed. */
const float **tc_shard_targets(struct tc_shard *shard);

/** Dropout of layer inputs in all passes from now on; none at first. */
void tc_shard_set_dropout(struct tc_shard *shard, struct tc_dropout dropout);

#endif
