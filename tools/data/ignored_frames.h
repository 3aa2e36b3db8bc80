/** @file
 *  Frames that say nothing of the device: of targets that a converter clipped, and around pops.
 *  They are reported, and a training leaves them out of its loss. */
#ifndef TONECELL_IGNORED_FRAMES_H
#define TONECELL_IGNORED_FRAMES_H

#include "data/recordings.h"

/** The word of --clipping. */
enum clipping { CLIPPING_AUTO, CLIPPING_KEEP };

/** Mark what a converter clipped in a file, which has its own sample rate still. Errors:
 *  TC_NO_MEMORY. */
enum tc_status clipped_frames_find(struct recording *file, struct tc_error *error);

/** Report pops, and clipping in more than 0.1 % of the frames, in what the rows use; mark in the
 *  pairs what training leaves out: the pops, and what is clipped in up to 2 % of the frames. A
 *  device that clips by itself does it more often, or with `clipping` CLIPPING_KEEP.
 *
 *  trains  false: nothing is marked, since a score is that of the whole recording
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status ignored_frames_find(struct recordings *recordings, bool trains,
                                   enum clipping clipping, struct tc_error *error);

#endif
