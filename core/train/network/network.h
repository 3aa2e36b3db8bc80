/** @file
 *  Forward and backward through a network for `sequences` streams at once, in chunks of frames.
 *
 *  A shard holds everything of the forward pass that the backward pass needs, and belongs to one
 *  thread at a time. Signals are kept sequence by sequence, row by row: a sequence's row is
 * max_frames consecutive samples. Gradients are flat vectors in the order of
 * tc_architecture_tensors(). The network is that of tonecell.h with both gains at 1: the caller
 * scales input and target. */
#ifndef TC_NETWORK_H
#define TC_NETWORK_H

#include "tonecell-train.h"
#include "train/update/batch_norm.h"
#include "train/network/dropout.h"
#include "train/network/weights.h"

struct tc_shard;

/** A shard of `sequences` (from 1) streams for chunks of up to max_frames, through the network that
 *  the weights are of; they must outlive it. States start at zero. Errors: TC_NO_MEMORY. */
enum tc_status tc_shard_new(struct tc_shard **shard, const struct tc_weights *weights,
                            unsigned sequences, unsigned max_frames, struct tc_error *error);
void tc_shard_free(struct tc_shard *shard);

/** Bytes of memory that a shard takes. */
size_t tc_shard_size(const struct tc_shard *shard);

/** A sequence's network input (audio inputs, then knobs), to be filled before the forward pass. */
float *tc_shard_input(struct tc_shard *shard, unsigned sequence, unsigned row);

/** A sequence's output, valid after the forward pass. */
const float *tc_shard_output(const struct tc_shard *shard, unsigned sequence, unsigned output);

/** A sequence's dL/dy, to be filled before the backward pass. */
float *tc_shard_output_gradient(struct tc_shard *shard, unsigned sequence, unsigned output);

/** Put one sequence's state to the start state h0, c0 of the parameters. */
void tc_shard_reset_sequence(struct tc_shard *shard, const float *parameters, unsigned sequence);

/** What layers do not hear in the passes from now on; at first nothing. */
void tc_shard_set_dropout(struct tc_shard *shard, struct tc_dropout dropout);

/** Run n_frames from the present state with the weights as last packed; the state itself does not
 *  move (see carry). */
void tc_shard_forward(struct tc_shard *shard, unsigned n_frames);

/** Add moments of what a sequence of layer `l` (not the lowest) hears before dropout in n_frames of
 * the last forward pass: in every eighth, or in all if there are less than 64. */
void tc_shard_add_moments(const struct tc_shard *shard, unsigned l, unsigned sequence,
                          unsigned n_frames, double *moments);

/** Back through the same n_frames; no gradient enters from frames after the chunk, none leaves to
 *  frames before it. gradient += dL/dparameters; h0 and c0 receive none, but see below. */
void tc_shard_backward(struct tc_shard *shard, float *gradient, unsigned n_frames);

/** The same, but gradient enters from the frames behind the chunk: those of the last call, or none
 *  after tc_shard_cut_gradient(). Longer stretches than a shard has room for are gone back through
 *  so, from the last chunk to the first.
 *
 *  pass  (n_frames) factors on all that a frame's state is given by the frame behind it, the last
 *        one's on what enters; NULL = 1. Random truncation is made of them. */
void tc_shard_backward_continued(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                 const float *pass);
void tc_shard_cut_gradient(struct tc_shard *shard);

/** gradient += dL/dh0, dL/dc0 of all sequences, of which the chunk last gone back through is the
 * first from the start state. */
void tc_shard_add_start_gradient(const struct tc_shard *shard, float *gradient);

/** gradient = the same of each sequence by itself, in the order of tc_shard_save_state(). */
void tc_shard_start_gradient(const struct tc_shard *shard, float *gradient);

/** As tc_shard_backward(), but dL/dstate after the last frame enters: `behind`, in that order. */
void tc_shard_backward_from_state(struct tc_shard *shard, float *gradient, unsigned n_frames,
                                  const float *behind);

/** The state after frame n_frames of the last forward pass becomes the present state. */
void tc_shard_advance(struct tc_shard *shard, unsigned n_frames);

/** The state of all sequences: floats that it takes; a copy of that after frame n_frames of the
 * last forward pass, with 0 the present one; and of a copy to the present one. Of each layer h,
 * then c of an LSTM, (sequences, units). */
size_t tc_shard_state_floats(const struct tc_shard *shard);
void tc_shard_save_state(const struct tc_shard *shard, unsigned n_frames, float *to);
void tc_shard_load_state(struct tc_shard *shard, const float *from);

#endif
