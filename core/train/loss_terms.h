/** @file
 *  The terms of a training's loss, from its options and targets. */
#ifndef TC_LOSS_TERMS_H
#define TC_LOSS_TERMS_H

#include "train/trainer.h"

/** Measure the targets for training after the warm-up, and set trainer->loss. One power of the
 *  whole set keeps quiet chunks from outweighing loud ones. Errors: TC_BAD_ARGUMENT for targets of
 *  a linear readout that are silent or constant; TC_NO_MEMORY. */
enum tc_status tc_loss_terms_set(struct tc_trainer *trainer, struct tc_error *error);

#endif
