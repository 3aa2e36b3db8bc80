/** @file
 *  A step of training: a chunk of all sequences forward and backward, and one update of the
 *  weights. */
#ifndef TC_STEP_H
#define TC_STEP_H

#include "train/data/chunk.h"
#include "train/trainer.h"

/** Reset the sequences, and run them through the warm-up of a batch, without a gradient. */
void tc_step_warm_up(struct tc_trainer *trainer, const struct tc_batch *batch);

/** Learn from a chunk; the states of the sequences move on. Errors: as tc_update(). */
enum tc_status tc_step(struct tc_trainer *trainer, const struct tc_chunk *chunk,
                       struct tc_error *error);

/** Move the states of the sequences through a chunk, without a gradient. */
void tc_step_forward_only(struct tc_trainer *trainer, const struct tc_chunk *chunk);

#endif
