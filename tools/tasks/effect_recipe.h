/** @file
 *  The training options that follow from the recordings, where the user did not choose them. */
#ifndef TONECELL_EFFECT_RECIPE_H
#define TONECELL_EFFECT_RECIPE_H

#include "data/clip_set.h"
#include "tasks/train_arguments.h"

/** Set batch size, warm-up of segments, schedule and number of epochs.
 *
 *  train    the clips that train
 *  rate_hz  of the model
 *  arch     the whole network */
void effect_recipe_set(struct tc_train_options *options, const struct train_arguments *arguments,
                       const struct clip_set *train, double rate_hz,
                       const struct tc_architecture *arch);

#endif
