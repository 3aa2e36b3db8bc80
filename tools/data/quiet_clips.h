/** @file
 *  Clips without the parts that hold no signal (quiet.h). */
#ifndef TONECELL_QUIET_CLIPS_H
#define TONECELL_QUIET_CLIPS_H

#include "data/clip_set.h"
#include "data/findings.h"

/** Cut those parts out of all clips of a set, so that they carry no loss and no vote, and report
 *  how much it is. What is left of a clip is several clips; those no longer than the warm-up go.
 *  Errors: TC_NO_MEMORY. */
enum tc_status quiet_clips_cut(struct clip_set *set, size_t warmup, double rate_hz,
                               struct findings *findings, struct tc_error *error);

#endif
