/** @file
 *  Trainings from several seeds (--seeds), of which the best by validation is kept. */
#ifndef TONECELL_TRAINING_SEEDS_H
#define TONECELL_TRAINING_SEEDS_H

#include "tasks/training.h"

/** Refuse what does not go together with --seeds: 0, or 2 after usage_error(). */
int training_seeds_check_options(const struct command *self,
                                 const struct train_arguments *arguments);

/** Before the first training: each seed gets an equal part of the time limit. */
void training_seeds_begin(struct training *training);

/** Whether the present training is one of several. */
bool training_has_seeds(const struct training *training);

/** After a training: note its score, keep it if it is the best so far, and prepare that of the next
 *  seed. False if there is none, or the user interrupted: the training is then the best one again.
 *  *status: TC_OK, or why the next could not be prepared. */
bool training_next_seed(struct training *training, enum tc_status *status, struct tc_error *error);

/** Report the scores of all seeds to stderr. */
void training_seeds_report(const struct training *training);

/** Append "seeds" to the result or a record, where there are several: seeds and scores. */
void training_seeds_add(const struct training *training, json_t *result);

#endif
