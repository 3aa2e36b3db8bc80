/** @file
 *  Trainings that follow one another, of which the best by validation is kept: those of several
 *  seeds (--seeds), or a gentler one after one whose model is of no use. */
#ifndef TONECELL_TRAINING_ATTEMPTS_H
#define TONECELL_TRAINING_ATTEMPTS_H

#include "tasks/training.h"

/** Refuse what does not go together with --seeds: 0, or 2 after usage_error(). */
int training_seeds_check_options(const struct command *self,
                                 const struct train_arguments *arguments);

/** Whether the present training is that of one of several seeds. */
bool training_has_seeds(const struct training *training);

/** Before the first training, which gets its part of the time limit. */
void training_attempts_begin(struct training *training);

/** After a training: prepare the next one. False if there is none, the time is over or the user
 *  interrupted. *status: TC_OK, or why the next could not be prepared. */
bool training_next_attempt(struct training *training, enum tc_status *status,
                           struct tc_error *error);

/** At the end: the training is the best one again. */
void training_return_to_best(struct training *training);

/** Report the scores of all seeds to stderr. */
void training_seeds_report(const struct training *training);

/** Append "seeds" to the result or a record, where there are several: seeds and scores. */
void training_seeds_add(const struct training *training, json_t *result);

#endif
