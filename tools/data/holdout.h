/** @file
 *  What of the recordings is kept aside to judge the model by, when the manifest does not say. */
#ifndef TONECELL_HOLDOUT_H
#define TONECELL_HOLDOUT_H

#include "data/dataset.h"

/** Move frames or whole clips from part[SPLIT_TRAIN] to the end of part[SPLIT_VAL], whose arrays
 *  must have room for as many clips; say which. Fails if there are too few frames. */
enum tc_status holdout_make(struct dataset *data, size_t warmup, struct tc_error *error);

#endif
