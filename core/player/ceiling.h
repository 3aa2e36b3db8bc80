/** @file
 *  The loudest that a model may give. Odd weights give any value of a float, and what is full scale
 *  to a host is 1: the output stays as it is up to +24 dBFS, and comes no nearer to +60 dBFS than
 *
 *      y = k + (c - k) (1 - 1 / (1 + u)),   u = (|x| - k) / (c - k),   k = 16, c = 1000
 *
 *  with the sign of x, whose slope is 1 at k. */
#ifndef TC_CEILING_H
#define TC_CEILING_H

#include <math.h>
#include <stddef.h>

static const float TC_CEILING_KNEE = 16.0f, TC_CEILING = 1000.0f;

static inline float tc_below_ceiling(float x)
{
    const float knee = TC_CEILING_KNEE, range = TC_CEILING - knee;
    const float over = (fabsf(x) - knee) / range;

    return over > 0.0f ? copysignf(knee + range * (1.0f - 1.0f / (1.0f + over)), x) : x;
}

/** y[t] *= gain[t], below the ceiling. NaN stays what it is. */
static inline void tc_scale_below_ceiling(float *y, const float *gain, size_t n)
{
    float peak = 0.0f;

    for (size_t t = 0; t < n; ++t) {
        y[t] *= gain[t];
        peak = fabsf(y[t]) > peak ? fabsf(y[t]) : peak;
    }
    for (size_t t = 0; peak > TC_CEILING_KNEE && t < n; ++t)
        y[t] = tc_below_ceiling(y[t]);
}

#endif
