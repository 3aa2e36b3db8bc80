/** @file
 *  Keeping NaN and infinities out of sound. */
#ifndef TC_FINITE_H
#define TC_FINITE_H

#include <float.h>
#include <math.h>

/** v, or 0 where v is NaN or infinite. */
static inline float tc_finite_or_zero(float v)
{
    return fabsf(v) <= FLT_MAX ? v : 0.0f;
}

#endif
