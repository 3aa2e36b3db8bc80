/** @file
 *  A smooth curve through points at equal distances, of which some are missing and some far off. */
#ifndef TONECELL_ALIGN_SMOOTHER_H
#define TONECELL_ALIGN_SMOOTHER_H

#include <stddef.h>

struct align_points {
    size_t n;         /* at least 3 */
    double *value;    /* [n] */
    double *variance; /* [n] of the value, up to one factor for all; INFINITY: there is no value */
    double *curve;    /* [n] the result, and its standard errors */
    double *error;    /* [n] */
    double *scratch;  /* [ALIGN_SMOOTHER_SCRATCH n] */
};

enum { ALIGN_SMOOTHER_SCRATCH = 7 };

/** Smooth the points.
 *
 *      min over z of  sum of w (value - z)^2 + l sum of (z[i-1] - 2 z[i] + z[i+1])^2
 *
 *  w is 1 / variance, less for points that are far off (Huber's weights), iterated. l is the one
 *  by which each point is best predicted from all others.
 *
 *  Where there are no values for long, the curve returns to 0.
 *
 *  From: Whittaker 1923; Huber 1964; the predictions by Craven & Wahba 1979, the variances by
 *  Hutchinson & de Hoog 1985. It is the fixed-interval smoother of an integrated random walk
 *  (Wecker & Ansley 1983). */
void align_smooth(struct align_points *points);

#endif
