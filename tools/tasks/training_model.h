/** @file
 *  A model that a training is given: to start from, or to learn from. */
#ifndef TONECELL_TRAINING_MODEL_H
#define TONECELL_TRAINING_MODEL_H

#include "tasks/training.h"

/** Load a model that can play what the task trains on, and take its sample rate unless one is
 *  given. NULL after talk_error(); else for tc_model_free(). */
struct tc_model *training_model_load(const struct task *task, const char *path,
                                     struct train_arguments *arguments);

#endif
