/** @file
 *  Which parts of the recordings an alignment looks at: a few dozen, spread evenly, that have
 *  signal in them. */
#ifndef TONECELL_ALIGN_SEGMENTS_H
#define TONECELL_ALIGN_SEGMENTS_H

#include "train/align/signal.h"

enum { MAX_SEGMENTS = 128 };

struct align_segment {
    size_t clip;
    size_t start; /* frame of the input */
};

struct align_segments {
    size_t n, length;
    struct align_segment at[MAX_SEGMENTS];
};

/** Choose at most n_wanted (up to MAX_SEGMENTS) segments of `length` frames.
 *
 *  line  only such whose target lies within the recording; NULL: any */
void align_segments_choose(struct align_segments *segments, const struct align_clip *clips,
                           size_t n_clips, size_t length, size_t n_wanted,
                           const struct align_line *line);

/** The length, at most `longest` and half of the median clip, for which there are some. */
size_t align_segment_length(const struct align_clip *clips, size_t n_clips, size_t longest);

#endif
