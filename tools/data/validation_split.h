/** @file
 *  The frames that are held out for validation, if the manifest does not choose them. */
#ifndef TONECELL_VALIDATION_SPLIT_H
#define TONECELL_VALIDATION_SPLIT_H

#include "data/clips.h"

/** Move 15 % of the frames, or whole clips, from train to the end of val, whose memory must suffice
 *  for as many clips; report which. Fails if there are too few frames. */
enum tc_status validation_split(struct clip_set *train, struct clip_set *val, size_t warmup,
                                struct tc_error *error);

#endif
