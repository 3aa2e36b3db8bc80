/** @file
 *  The frames that are held out for validation, if the manifest does not choose them. */
#ifndef TONECELL_VALIDATION_SPLIT_H
#define TONECELL_VALIDATION_SPLIT_H

#include "data/clip_set.h"

/** Move 15 % of the frames from train to the end of val, and report which.
 *
 *  Long clips give up to 12 parts each, one in each of as many equal sections, where their levels
 *  are most like those of all clips. At least 1000 frames lie between frames that are scored and
 *  frames that are trained on. Where most clips are shorter than about 13 warm-ups whole clips
 *  validate, chosen in the same way. Everything follows from the inputs alone.
 *
 *  Errors: TC_BAD_VALUE (too few frames), TC_NO_MEMORY. */
enum tc_status validation_split(struct clip_set *train, struct clip_set *val, size_t warmup,
                                double rate_hz, struct tc_error *error);

#endif
