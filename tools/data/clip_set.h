/** @file
 *  Sets of clips: the parts of recordings that a network is trained, validated or scored on. */
#ifndef TONECELL_CLIP_SET_H
#define TONECELL_CLIP_SET_H

#include "data/manifest.h"
#include "tonecell-train.h"

/** Where a clip comes from, beside the struct tc_clip of the same index. */
struct clip_source {
    const struct manifest_row *row;
    unsigned channel;      /* of the target, by its number in the file from 1; 0 = a mean of two */
    size_t start;          /* first frame of the input */
    size_t n_recorded;     /* frames of the whole input */
    long delay;            /* by which the target was moved */
    bool delay_unknown;    /* the target is that of a model which may have been moved */
    const float *input[2]; /* the second: the control signal, or NULL */
    const float *target;
    const bool *ignored; /* as in struct tc_clip */
};

/** Zeroed: empty. */
struct clip_set {
    size_t n, capacity;
    struct tc_clip *clip;
    struct clip_source *source;
};

void clip_set_free(struct clip_set *set);

/** Append a clip of n_frames with its source, whose samples it has. Errors: TC_NO_MEMORY. */
enum tc_status clip_set_append(struct clip_set *set, const struct clip_source *source,
                               const float *knob, size_t n_frames, struct tc_error *error);

/** Append frames start to stop - 1 of a clip of another set, unless there are no more than
 *  `warmup` of them. */
enum tc_status clip_set_append_part(struct clip_set *set, const struct clip_set *from, size_t index,
                                    size_t start, size_t stop, size_t warmup,
                                    struct tc_error *error);

/** Frames of all clips. */
double clip_set_frames(const struct clip_set *set);

#endif
