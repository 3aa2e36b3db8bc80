/** @file
 *  How much of the target a short linear filter explains, on parts on which it was not fitted: by
 *  this hypotheses about the delay are compared. */
#ifndef TONECELL_ALIGN_RESIDUAL_H
#define TONECELL_ALIGN_RESIDUAL_H

#include "tonecell.h"
#include "train/align/segments.h"

struct align_residual {
    size_t n;
    double part[MAX_SEGMENTS]; /* of the target's energy in each segment that is left, 0 to 1.2 */
    double mean;
};

/** Fit on every second segment and score on the others, and the other way round.
 *
 *  before, taps  the filter begins so many frames before the line, and has so many taps
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status align_residual(const struct align_clip *clips, const struct align_segments *segments,
                              const struct align_warp *warp, const struct align_line *line,
                              unsigned before, unsigned taps, struct align_residual *residual,
                              struct tc_error *error);

/** By how many standard errors a leaves less than b, segment by segment. */
double align_residual_lead(const struct align_residual *a, const struct align_residual *b);

/** How much less a leaves than b: the mean of log(b / a) over the segments, and in *lead how many
 *  standard errors that is. */
double align_residual_gain(const struct align_residual *a, const struct align_residual *b,
                           double *lead);

#endif
