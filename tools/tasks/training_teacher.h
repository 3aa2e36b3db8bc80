/** @file
 *  The model that a training learns from: --teacher. */
#ifndef TONECELL_TRAINING_TEACHER_H
#define TONECELL_TRAINING_TEACHER_H

#include "tasks/training.h"

/** Load the model, if one is given, into training->teacher, and take its sample rate unless another
 *  is given. After training_source_load(). False after talk_error(). */
bool training_teacher_load(struct training *training, struct train_arguments *arguments);

#endif
