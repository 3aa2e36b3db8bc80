/** @file
 *  Whether a training is still sound. */
#ifndef TC_ALL_FINITE_H
#define TC_ALL_FINITE_H

#include <stdbool.h>
#include <stddef.h>

/** Whether none of n values is NaN or infinite: 0 times such a one is NaN. */
static inline bool tc_all_finite(const float *values, size_t n)
{
    float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; ++i)
        sum += 0.0f * values[i];
    return sum == 0.0f;
}

#endif
