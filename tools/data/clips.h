/** @file
 *  Clips: the parts of recordings that a network is trained, validated or scored on. Each channel
 *  of a recording makes a clip of its own, since models are mono. */
#ifndef TONECELL_CLIPS_H
#define TONECELL_CLIPS_H

#include "data/manifest.h"
#include "data/recordings.h"
#include "tonecell-train.h"

/** Where a clip comes from, beside the struct tc_clip of the same index. */
struct clip_source {
    const struct manifest_row *row;
    unsigned channel; /* of the target, by its number in the file from 1; 0 = a mean of two */
    size_t start;     /* first frame of the input */
    long delay;       /* by which the target was moved */
    const float *input, *target;
};

struct clip_set {
    size_t n;
    struct tc_clip *clip;
    struct clip_source *source;
};

/** Memory for max_clips clips; clip_set_free() also after a failure. */
enum tc_status clip_set_init(struct clip_set *set, size_t max_clips, struct tc_error *error);
void clip_set_free(struct clip_set *set);

/** Append a clip of n_frames with its source, whose samples it has. The memory must suffice. */
void clip_set_append(struct clip_set *set, const struct clip_source *source, const float *knob,
                     size_t n_frames);

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

/** Frames of all clips. */
double clip_set_frames(const struct clip_set *set);

#endif
