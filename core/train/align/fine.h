/** @file
 *  The delay to a fraction of a frame, and the drift, near a hypothesis. */
#ifndef TONECELL_ALIGN_FINE_H
#define TONECELL_ALIGN_FINE_H

#include "tonecell.h"
#include "train/align/signal.h"

#include <stdbool.h>

struct align_fine {
    struct align_line line;
    double drift_error; /* standard error of line.drift; INFINITY: not measured */
    double scatter;     /* frames: of the local delays about the line */
    double peak;        /* height of the correlation's peak: 1 if all frequencies agree */
    bool inverted;
    size_t n_segments;
    double shared; /* in so many segments is each frequency, on average */
};

struct align_effort {
    size_t n_segments; /* at most MAX_SEGMENTS */
    size_t length;     /* of each, frames */
    unsigned n_rounds; /* in which the line is improved */
    bool with_drift;   /* whether a drift is measured; without it the line's stays */
    int polarity;      /* 1 or -1 if it is known, 0 if not */
};

/** Improve a line.
 *
 *      S = sum over segments of X* T     T: the segment's target along the line
 *      g^2 = |S|^2 / (sum |X|^2 sum |T|^2)
 *      delay of all = argmax |IFFT( g^2 S / |S| )|
 *      delay of one = argmax  IFFT( g^2 / (1 - g^2) X* T S* / |S| ... )
 *
 *  The delays of the single segments, against what all have in common (the device's own filter with
 *  it), make a robust line.
 *
 *  uncertainty  frames by which the line may be off
 *
 *  Errors: TC_NO_MEMORY. From: Knapp & Carter 1976 (PHAT and HT weights). */
enum tc_status align_fine(const struct align_clip *clips, size_t n_clips,
                          const struct align_warp *warp, const struct align_line *line,
                          size_t uncertainty, const struct align_effort *effort,
                          struct align_fine *found, struct tc_error *error);

#endif
