/** @file
 *  What is usual among measurements, and what is rare. */
#ifndef TONECELL_QUANTILE_H
#define TONECELL_QUANTILE_H

#include <stddef.h>

/** The least of n (not 0) values that a share of at least q (above 0, at most 1) do not exceed:
 *  0.5 is the median. Sorts the values. */
double quantile(double *values, size_t n, double q);

#endif
