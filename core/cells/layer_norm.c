#include "cells/layer_norm.h"

#include <math.h>

/* Partial sums that the compiler may keep in vector registers; without them each addition would
 * wait for the one before. */
enum { PARTIALS = 16 };

/* Mean of a_i b_i, or of a_i where b is NULL. */
static inline float mean_of(const float *a, const float *b, size_t n)
{
    float partial[PARTIALS] = {0.0f}, sum = 0.0f;
    size_t i = 0;

    for (; i + PARTIALS <= n; i += PARTIALS)
        for (size_t p = 0; p < PARTIALS; ++p)
            partial[p] += b ? a[i + p] * b[i + p] : a[i + p];
    for (size_t p = 0; i < n; ++i, ++p)
        partial[p] += b ? a[i] * b[i] : a[i];
    for (size_t p = 0; p < PARTIALS; ++p)
        sum += partial[p];
    return sum / (float)n;
}

float tc_norm_mean_product(const float *a, const float *b, size_t n)
{
    return mean_of(a, b, n);
}

float tc_norm_standardise(float *x, const float *s, size_t n)
{
    const float m = mean_of(s, NULL, n);
    float factor;

    for (size_t i = 0; i < n; ++i)
        x[i] = s[i] - m;
    factor = 1.0f / sqrtf(mean_of(x, x, n) + (float)TC_NORM_EPSILON);
    for (size_t i = 0; i < n; ++i)
        x[i] *= factor;
    return factor;
}

void tc_norm_apply(float *o, const float *s, const float *gain, const float *bias, size_t n)
{
    tc_norm_standardise(o, s, n);
    for (size_t i = 0; i < n; ++i)
        o[i] = gain[i] * o[i] + bias[i];
}
