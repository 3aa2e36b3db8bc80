/** @file
 *  The clips of a manifest's rows. Each channel of a recording makes a clip of its own, since
 *  models are mono. */
#ifndef TONECELL_CLIPS_H
#define TONECELL_CLIPS_H

#include "data/clip_set.h"
#include "data/manifest.h"
#include "data/recordings.h"

/** Append a row's clips, one for each channel of its pair, aligned by its delay or else the pair's.
 *  Frames that lose their partner to the delay are left out; each clip must be longer than the
 *  warm-up. */
enum tc_status clip_set_add_row(struct clip_set *set, const struct recording_pair *pair,
                                const struct manifest *manifest, const struct manifest_row *row,
                                size_t warmup, struct tc_error *error);

/** Fail if all targets are silent or constant after the warm-up; `verb` is what the set does:
 *  "trains". An empty set passes. */
enum tc_status clip_set_check(const struct clip_set *set, size_t warmup, const char *verb,
                              struct tc_error *error);

#endif
