/** @file
 *  An update: from the shards' gradients to the next parameters. */
#ifndef TC_UPDATE_H
#define TC_UPDATE_H

#include "train/trainer.h"

/** Sum loss, gradient and moments over the shards, clip, decay, and let the optimiser step. A step
 *  whose loss or gradient is not finite is rejected. Errors: as tc_rejection_count(). */
enum tc_status tc_update(struct tc_trainer *trainer, struct tc_error *error);

#endif
