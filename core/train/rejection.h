/** @file
 *  Steps whose loss or gradient is not finite: rejected, the weights stay. */
#ifndef TC_REJECTION_H
#define TC_REJECTION_H

#include "train/trainer.h"

/** Count a rejected step; the sequences start afresh. After every 8th without a new best, the
 *  weights themselves are to blame: the best ones return, with half the learning rate. The 8 need
 *  not come in a row, as sequences that start afresh may make the next step succeed, and that let
 *  the one after it fail.
 *  Errors: those of tc_rejection_fail(), after 64 in a row. */
enum tc_status tc_rejection_count(struct tc_trainer *trainer, struct tc_error *error);

/** Fail with TC_BAD_VALUE for the steps that were rejected. */
enum tc_status tc_rejection_fail(const struct tc_trainer *trainer, struct tc_error *error);

#endif
