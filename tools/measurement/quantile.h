/** @file
 *  Quantiles of measurements. */
#ifndef TONECELL_QUANTILE_H
#define TONECELL_QUANTILE_H

#include <stddef.h>

/** The smallest of n >= 1 values that at least the fraction q, 0 < q <= 1, of them do not exceed;
 *  q = 0.5 is the median. Sorts the values. */
double quantile(double *values, size_t n, double q);

#endif
