/** @file
 *  A straight line through points of which some are far off. */
#ifndef TONECELL_ALIGN_LINE_H
#define TONECELL_ALIGN_LINE_H

#include <stddef.h>

enum { MAX_LINE_POINTS = 1024 };

struct line_point {
    double x, y;
    double weight; /* from 0 */
};

struct fitted_line {
    double at_zero, slope;
    double slope_error; /* standard error */
    double scatter;     /* of the points about the line, by their median */
    size_t n_inliers;   /* points within four times that */
};

/** Fit y = at_zero + slope x. The start is the line of the median slope between pairs of points
 *  (Theil 1950, Sen 1968), then weighted least squares with Tukey's biweight, iterated.
 *
 *  with_slope  whether there is one; without it is 0 */
struct fitted_line align_fit_line(const struct line_point *points, size_t n, int with_slope);

#endif
