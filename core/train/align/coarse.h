/** @file
 *  Hypotheses about the delay, from correlations of a few parts of the input with all of the
 *  target, at a lower rate. */
#ifndef TONECELL_ALIGN_COARSE_H
#define TONECELL_ALIGN_COARSE_H

#include "tonecell.h"
#include "train/align/signal.h"

enum { MAX_HYPOTHESES = 12 };

struct align_hypotheses {
    size_t n;                               /* best first */
    size_t uncertainty;                     /* frames by which each may be off */
    struct align_line line[MAX_HYPOTHESES]; /* of clips that share them */
    double votes[MAX_HYPOTHESES];
};

/** Find the hypotheses.
 *
 *      r = IFFT( X* T / sqrt(smooth |X|^2 smooth |T|^2) )      X: a segment of the input
 *
 *  The peaks of |r| of one segment are candidates for which the other segments vote with the height
 *  of theirs near it: r need not add up over a recording whose clocks drift. A line through the
 *  peaks gives the drift.
 *
 *  max_frames  the largest delay either way
 *
 *  Errors: TC_NO_MEMORY. From: Knapp & Carter 1976 (the smoothed coherence transform, SCOT). */
enum tc_status align_coarse(const struct align_clip *clips, size_t n_clips, size_t max_frames,
                            struct align_hypotheses *found, struct tc_error *error);

#endif
