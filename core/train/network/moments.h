/** @file
 *  Sums over frames from which the mean and covariance of a layer's input follow. */
#ifndef TC_MOMENTS_H
#define TC_MOMENTS_H

#include <stddef.h>

/** Moments are sums over frames of a layer's input x: of 1, of x (inputs), of the products of all
 *  pairs x_i x_j (inputs, inputs). */
static inline size_t tc_moments_doubles(size_t inputs)
{
    return 1 + inputs + inputs * inputs;
}

/** Add a frame. */
void tc_moments_add(double *moments, size_t inputs, const float *x);

#endif
