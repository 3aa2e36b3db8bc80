/** @file
 *  The recipe of a training and the layers of its network, as the options of train give them. */
#ifndef TONECELL_RECIPE_H
#define TONECELL_RECIPE_H

#include "tasks/train_options.h"
#include "tonecell-train.h"

/** The recommended recipe for the effort, changed as the options say. */
void recipe_choose(struct tc_train_options *recipe, const struct train_options *options);

/** Refuse what the trainer would refuse, but in terms of the options: 0, or 2 after
 *  usage_error(). */
int recipe_check(const struct command *self, const struct tc_train_options *recipe,
                 const struct train_options *options);

/** The layers of the network; its inputs and outputs depend on the task. */
void recipe_set_layers(struct tc_architecture *arch, const struct train_options *options);

#endif
