/** @file
 *  tanh and the logistic function, the same wherever the project needs them: streams, training. */
#ifndef TC_ACTIVATION_H
#define TC_ACTIVATION_H

#include "tonecell.h"

/** tanh v ~ v P(v^2) / Q(v^2) for |v| <= 7.9, +-0.99999994 beyond.
 *
 *  The coefficients minimise the largest absolute error of the quotient (5e-9); in float32 it is
 *  3.8e-7. Odd, 0 at 0, never beyond +-1, monotone within 5e-7; NaN stays NaN. One division and
 *  no branch, so that a loop over it becomes vector code. */
static inline float tc_tanh(float v)
{
    const float clamped = v > 7.9f ? 7.9f : v < -7.9f ? -7.9f : v;
    const float s = clamped * clamped;
    float p = 1.52596408e-08f, q = 8.5305312e-07f;

    p = p * s + 2.19033874e-05f;
    p = p * s + 3.5716942e-03f;
    p = p * s + 1.34444502e-01f;
    p = p * s + 9.99999974e-01f;
    q = q * s + 3.41174011e-04f;
    q = q * s + 2.61644059e-02f;
    q = q * s + 4.67777724e-01f;
    q = q * s + 1.0f;
    return clamped * p / q;
}

/** 1 / (1 + exp(-v)) = (1 + tanh(v / 2)) / 2; error half of tc_tanh()'s and a rounding. */
static inline float tc_logistic(float v)
{
    return 0.5f + 0.5f * tc_tanh(0.5f * v);
}

/** v = activation(v), n values; NaN stays NaN. */
static inline void tc_activate(float *v, enum tc_activation activation, size_t n)
{
    switch (activation) {
    case TC_TANH:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_tanh(v[i]);
        break;
    case TC_LOGISTIC:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_logistic(v[i]);
        break;
    case TC_RELU:
        for (size_t i = 0; i < n; ++i)
            v[i] = v[i] < 0.0f ? 0.0f : v[i];
        break;
    case TC_IDENTITY:
        break;
    }
}

#endif
