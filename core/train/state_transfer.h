/** @file
 *  The state of a training out of a trainer, and into one. */
#ifndef TC_STATE_TRANSFER_H
#define TC_STATE_TRANSFER_H

#include "train/trainer.h"

/** A copy of a trainer's state; in the progress function, too. To be freed.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_trainer_save_state(const struct tc_trainer *trainer,
                                     struct tc_training_state **state, struct tc_error *error);

/** Go on from a state that was saved of this trainer, or of one made of the same. The next
 *  tc_trainer_run() continues where it was saved, in the middle of an epoch, too. Not in the
 *  progress function. Errors: TC_BAD_ARGUMENT (lengths differ), TC_NO_MEMORY. */
enum tc_status tc_trainer_load_state(struct tc_trainer *trainer,
                                     const struct tc_training_state *state, struct tc_error *error);

#endif
