/** @file
 *  The model that a training learns from: that of --teacher, or with --anti-alias that of
 *  --from. */
#ifndef TONECELL_TRAINING_TEACHER_H
#define TONECELL_TRAINING_TEACHER_H

#include "tasks/training.h"

/** Refuse options that contradict one another: 0, or 2 after usage_error(). */
int training_teacher_check_options(const struct command *self,
                                   const struct train_arguments *arguments);

/** Set training->teacher, if there is one, and take its sample rate unless another is given. After
 *  training_source_load(). False after talk_error(). */
bool training_teacher_load(struct training *training, struct train_arguments *arguments);

#endif
