/** @file
 *  The gradient of the state that a chunk started from, of which the last backward pass reached the
 *  first frame:
 *
 *      dL/dh0 = U^T dz + dL/dh0 that goes beside U (GRU)          dL/dc0 = dc f + ... (LSTM)
 *
 *  dz, dc: of the first frame (train/kernels/..._gates.h). */
#ifndef TC_SHARD_INITIAL_STATE_H
#define TC_SHARD_INITIAL_STATE_H

#include "train/network/shard.h"

/** gradient += dL/dh0, dL/dc0 of all sequences, in the order of the parameters. */
void tc_shard_add_initial_state_gradient(const struct tc_shard *shard, float *gradient);

/** gradient = the same of each sequence by itself, in the order of tc_shard_save_state(). */
void tc_shard_initial_state_gradient(const struct tc_shard *shard, float *gradient);

#endif
