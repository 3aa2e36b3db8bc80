/** @file
 *  tanh and the logistic function, the same wherever the project needs them: streams, training. */
#ifndef TC_ACTIVATION_H
#define TC_ACTIVATION_H

#include "tonecell.h"

/* tanh v ~ x P(x^2) / Q(x^2), x = v between +-TC_TANH_LIMIT; P and Q from the power 0 on, Q0 = 1.
 *
 * The coefficients minimise the largest absolute error of the quotient (5e-9), and were then moved
 * by a few units of their last place so that the errors of float32 cancel: their mean over any
 * quarter of a unit is below 2e-8. A gate that hardly ever lets go adds them up. */
#define TC_TANH_LIMIT 7.9f
#define TC_TANH_P0 1.0f
#define TC_TANH_P1 0.13444455f
#define TC_TANH_P2 3.57170007e-03f
#define TC_TANH_P3 2.19034882e-05f
#define TC_TANH_P4 1.52597828e-08f
#define TC_TANH_Q1 0.467777789f
#define TC_TANH_Q2 2.61644274e-02f
#define TC_TANH_Q3 3.41175008e-04f
#define TC_TANH_Q4 8.53058964e-07f

/** tanh v with an error of 3.8e-7 at most: odd, 0 at 0, never beyond +-1, monotone within 5e-7; NaN
 *  stays NaN. One division and no branch, so that a loop over it becomes vector code. */
static inline float tc_tanh(float v)
{
    const float x = v > TC_TANH_LIMIT ? TC_TANH_LIMIT : v < -TC_TANH_LIMIT ? -TC_TANH_LIMIT : v;
    const float s = x * x;
    float p = TC_TANH_P4, q = TC_TANH_Q4;

    p = p * s + TC_TANH_P3;
    p = p * s + TC_TANH_P2;
    p = p * s + TC_TANH_P1;
    p = p * s + TC_TANH_P0;
    q = q * s + TC_TANH_Q3;
    q = q * s + TC_TANH_Q2;
    q = q * s + TC_TANH_Q1;
    q = q * s + 1.0f;
    return x * p / q;
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
