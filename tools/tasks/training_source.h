/** @file
 *  The model that a training starts from: --from. */
#ifndef TONECELL_TRAINING_SOURCE_H
#define TONECELL_TRAINING_SOURCE_H

#include "tasks/training.h"

/** Refuse options of the network, which is the model's: 0, or 2 after usage_error(). */
int training_source_check_options(const struct command *self,
                                  const struct train_arguments *arguments);

/** Load the model, if one is given, into training->source, and take its network, and its sample
 *  rate unless another is given. False after talk_error(). */
bool training_source_load(struct training *training, struct train_arguments *arguments);

/** Compare the model with what the task made of the recordings, and take its knobs and gains. False
 *  after talk_error(). */
bool training_source_take(struct training *training);

#endif
