/** @file
 *  The trainer's options (struct tc_train_options), from the command line of train. */
#ifndef TONECELL_TRAINER_OPTIONS_H
#define TONECELL_TRAINER_OPTIONS_H

#include "tasks/train_arguments.h"
#include "tonecell-train.h"

/** The defaults of the library, then what --effort changes, then the options that were given. */
void trainer_options_set(struct tc_train_options *options, const struct train_arguments *arguments);

/** Refuse what the trainer would refuse, but in terms of the command line: 0, or 2 after
 *  usage_error(). */
int trainer_options_check(const struct command *self, const struct tc_train_options *options,
                          const struct train_arguments *arguments);

#endif
