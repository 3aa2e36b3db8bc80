/** @file
 *  Forward and backward through a network for `lanes` streams at once, in chunks of frames.
 *
 *  A shard holds everything of the forward pass that the backward pass needs, and belongs to one
 *  thread at a time. Arrays of one frame are (rows, lanes), lane innermost, with tc_shard_pitch()
 *  floats from one row to the next.
 *  Parameters and gradients are flat vectors in the order of tc_architecture_tensors().
 *  The network is that of tonecell.h with both gains at 1: the caller scales input and target. */
#ifndef TC_NETWORK_H
#define TC_NETWORK_H

#include "tonecell-train.h"

struct tc_shard;

/** A shard of `lanes` (from 1) streams for chunks of up to max_frames. States start at zero.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_architecture *arch,
                            unsigned lanes, unsigned max_frames, struct tc_error *error);
void tc_shard_free(struct tc_shard *shard);

/** Floats from one row of a frame to the next, in all the arrays below. */
size_t tc_shard_pitch(const struct tc_shard *shard);

/** Frame t's network input (audio_inputs + knobs rows), to be filled before the forward pass. */
float *tc_shard_input(struct tc_shard *shard, unsigned t);

/** Frame t's output (outputs rows), valid after the forward pass. */
const float *tc_shard_output(const struct tc_shard *shard, unsigned t);

/** Frame t's dL/dy (outputs rows), to be filled before the backward pass. */
float *tc_shard_output_gradient(struct tc_shard *shard, unsigned t);

/** Put one lane's state to the start state h0, c0 of the parameters. */
void tc_shard_reset_lane(struct tc_shard *shard, const float *parameters, unsigned lane);

/** Run n_frames from the present state; the state itself does not move (see carry). */
void tc_shard_forward(struct tc_shard *shard, const float *parameters, unsigned n_frames);

/** Back through the same n_frames; no gradient enters from frames after the chunk, none leaves to
 *  frames before it. gradient += dL/dparameters; h0 and c0 receive none. */
void tc_shard_backward(struct tc_shard *shard, const float *parameters, float *gradient,
                       unsigned n_frames);

/** The state after the last forward pass's n_frames becomes the present state. */
void tc_shard_carry(struct tc_shard *shard, unsigned n_frames);

#endif
