/** @file
 *  Steps that end in a number that is not finite are undone, and the learning rate is halved. */
#ifndef TC_REJECTION_H
#define TC_REJECTION_H

#include "train/trainer.h"

/** Undo a step whose loss, gradient, parameters, moments or hidden states are not finite: the
 *  training goes back to the last state that proved good, the best parameters (the initial ones
 *  before the first validation) with an optimiser that starts afresh, as do the sequences, and the
 *  learning rate is halved. The position in the data moves on.
 *
 *  Parameters that are finite are no proof: one that is about to overflow has them. Nor need such
 *  steps come in a row, as sequences that start afresh may make the next step succeed, and that let
 *  the one after it fail; so all of a training count.
 *  Errors: those of tc_rejection_fail(), for the tenth. */
enum tc_status tc_rejection_undo(struct tc_trainer *trainer, struct tc_error *error);

/** Fail with TC_BAD_VALUE for the steps that were undone. */
enum tc_status tc_rejection_fail(const struct tc_trainer *trainer, struct tc_error *error);

/** The same if there were ten, as in a training that is resumed after its end; else TC_OK. */
enum tc_status tc_rejection_check(const struct tc_trainer *trainer, struct tc_error *error);

#endif
