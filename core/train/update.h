/** @file
 *  An update: from the shards' gradients to the next parameters. */
#ifndef TC_UPDATE_H
#define TC_UPDATE_H

#include "train/trainer.h"

/** Sum loss, gradient and moments over the shards, clip, decay, and let the optimiser step. A step
 *  whose loss, gradient or result is not finite is undone. Errors: as tc_rejection_undo(). */
enum tc_status tc_update(struct tc_trainer *trainer, struct tc_error *error);

#endif
