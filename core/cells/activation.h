/** @file
 *  Activations, for streams and training alike. Kernels that can look 32 floats up take tanh and
 *  the logistic function from kernels/tanh_table.h, with a smaller error. */
#ifndef TC_ACTIVATION_H
#define TC_ACTIVATION_H

#include "tonecell.h"

#include <string.h>

/** Largest absolute error of an activation, over all floats. */
#define TC_ACTIVATION_ERROR 1e-6f

/* tanh v ~ x P(x^2) / Q(x^2), x = v between +-TC_TANH_LIMIT; P and Q from the power 0 on, Q0 = 1.
 *
 * The coefficients minimise the largest absolute error of the quotient (5e-9), and were then moved
 * by a few units of their last place so that the errors of float32 cancel: their mean over any
 * quarter of a unit is below 2e-8. A gate close to 1 adds them up over many frames. */
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

/** tanh v with an error of 3.8e-7 at most: odd, 0 at 0, never beyond +-1, monotone within 6e-7; NaN
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

/* 2^r ~ 1 + r (C1 + r (C2 + ...)) for |r| <= 1/2, with the least relative error, 1.1e-7. */
#define TC_EXP2_C1 0.693147004f
#define TC_EXP2_C2 0.240222424f
#define TC_EXP2_C3 0.0555073358f
#define TC_EXP2_C4 0.00967151299f
#define TC_EXP2_C5 0.00132647273f
#define TC_EXP2_LIMIT 64.0f
#define TC_LOG2_E 1.44269504f

/* Adding this rounds a float to an integer, which is in the last bits of the sum. */
#define TC_ROUNDER 12582912.0f

/** exp v, v clamped to [-44, 44], with a relative error of 5e-6 at most: that of the
 *  product with log2 e, which grows with |v|. NaN stays NaN. Vectorises as tc_tanh() does. */
static inline float tc_exp(float v)
{
    const float power = TC_LOG2_E * v;
    const float t = power > TC_EXP2_LIMIT    ? TC_EXP2_LIMIT
                    : power < -TC_EXP2_LIMIT ? -TC_EXP2_LIMIT
                                             : power;
    const float rounded = t + TC_ROUNDER, r = t - (rounded - TC_ROUNDER);
    float p = TC_EXP2_C5;
    uint32_t bits, whole;

    p = p * r + TC_EXP2_C4;
    p = p * r + TC_EXP2_C3;
    p = p * r + TC_EXP2_C2;
    p = p * r + TC_EXP2_C1;
    p = p * r + 1.0f;
    memcpy(&bits, &p, sizeof bits);
    memcpy(&whole, &rounded, sizeof whole);
    bits += whole << 23;
    memcpy(&p, &bits, sizeof p);
    return p;
}

/** sign(v) max(|v| + b, 0). */
static inline float tc_modrelu(float v, float b)
{
    const float size = v < 0.0f ? -v : v, shift = b > -size ? b : -size;

    return v > 0.0f ? v + shift : v < 0.0f ? v - shift : v;
}

/** v, or exp v - 1 below 0. */
static inline float tc_elu(float v)
{
    return v > 0.0f ? v : tc_exp(v) - 1.0f;
}

/** v = exp(v) / sum exp(v), n values. No finite v overflows; NaN and infinity make all NaN, minus
 *  infinity gives about 0. The total is in double, so that its error does not grow with
 *  n. */
static inline void tc_softmax(float *v, size_t n)
{
    float max = v[0], scale;
    double total = 0.0;

    for (size_t i = 1; i < n; ++i)
        max = v[i] > max ? v[i] : max;
    for (size_t i = 0; i < n; ++i) {
        v[i] = tc_exp(v[i] - max);
        total += (double)v[i];
    }
    scale = (float)(1.0 / total);
    for (size_t i = 0; i < n; ++i)
        v[i] *= scale;
}

/** v = activation(v), n values; NaN stays NaN. b (n): modReLU's, not read by others. */
static inline void tc_activate(float *v, const float *b, enum tc_activation activation, size_t n)
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
    case TC_MODRELU:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_modrelu(v[i], b[i]);
        break;
    case TC_ELU:
        for (size_t i = 0; i < n; ++i)
            v[i] = tc_elu(v[i]);
        break;
    case TC_SOFTMAX:
        tc_softmax(v, n);
        break;
    }
}

#endif
