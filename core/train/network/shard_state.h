/** @file
 *  The recurrent state of a shard's sequences. */
#ifndef TC_SHARD_STATE_H
#define TC_SHARD_STATE_H

#include "train/network/shard.h"

/** Set one sequence's state to the initial state h0, c0 of the parameters. */
void tc_shard_reset_sequence(struct tc_shard *shard, const float *parameters, unsigned sequence);

/** The state after frame n_frames of the last forward pass becomes the present state. */
void tc_shard_advance(struct tc_shard *shard, unsigned n_frames);

/** The state of all sequences: floats that it takes; a copy of that after frame n_frames of the
 *  last forward pass, with 0 the present one; and of a copy to the present one. Of each layer h,
 *  then c of an LSTM, (sequences, units). */
size_t tc_shard_state_floats(const struct tc_shard *shard);
void tc_shard_save_state(const struct tc_shard *shard, unsigned n_frames, float *to);
void tc_shard_load_state(struct tc_shard *shard, const float *from);

/** Whether no value of the present state is NaN or infinite. */
bool tc_shard_state_is_finite(const struct tc_shard *shard);

#endif
