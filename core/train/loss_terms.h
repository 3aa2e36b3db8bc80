/** @file
 *  The terms of a training's loss, from its options and targets. */
#ifndef TC_LOSS_TERMS_H
#define TC_LOSS_TERMS_H

#include "train/trainer.h"

/** Measure the targets for training where they carry loss, and set trainer->loss. One power of the
 *  whole set keeps quiet chunks from outweighing loud ones. Errors: TC_BAD_ARGUMENT where no frame
 *  for training, or for validation, carries loss, and of a linear readout where such targets are
 *  silent, or those for training constant; TC_NO_MEMORY. */
enum tc_status tc_loss_terms_set(struct tc_trainer *trainer, struct tc_error *error);

#endif
