/** @file
 *  The learning rate, step by step. Schedules and formulas: enum tc_schedule. */
#ifndef TC_LEARNING_RATE_H
#define TC_LEARNING_RATE_H

#include "train/trainer.h"

/** At the start of a call of tc_trainer_run(), whose clock has been started. */
void tc_learning_rate_begin_run(struct tc_trainer *trainer);

/** Measure how much of the training is over, before a step: trainer->fraction. */
void tc_learning_rate_begin_step(struct tc_trainer *trainer);

/** The learning rate of the next step. */
double tc_learning_rate(const struct tc_trainer *trainer);

/** After a validation that was no new best, as the last `schedule.since_halved` ones: halve the
 *  rate where the schedule says so. */
void tc_learning_rate_plateau(struct tc_trainer *trainer);

#endif
