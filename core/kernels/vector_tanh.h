/** @file
 *  tc_tanh() and tc_logistic() of vectors, with the same coefficients in Estrin's order, which
 *  makes shorter chains. To be included after one of vector_avx512.h and its like. */
#ifndef TC_VECTOR_TANH_H
#define TC_VECTOR_TANH_H

#include "kernels/inline.h"

/* NaN stays NaN: v_min() and v_max() return their second argument then. */
INLINE vf tanh_vector(vf v)
{
    const vf x = v_max(v_set(-7.9f), v_min(v_set(7.9f), v));
    const vf s = v_mul(x, x), s2 = v_mul(s, s);
    const vf p01 = v_fma(v_set(1.34444502e-01f), s, v_set(9.99999974e-01f));
    const vf p23 = v_fma(v_set(2.19033874e-05f), s, v_set(3.5716942e-03f));
    const vf q01 = v_fma(v_set(4.67777724e-01f), s, v_set(1.0f));
    const vf q23 = v_fma(v_set(3.41174011e-04f), s, v_set(2.61644059e-02f));
    const vf p = v_mul(x, v_fma(s2, v_fma(s2, v_set(1.52596408e-08f), p23), p01));
    const vf q = v_fma(s2, v_fma(s2, v_set(8.5305312e-07f), q23), q01);

    return v_mul(p, v_reciprocal(q));
}

/* The logistic function of 2 v, for sums whose weights were halved. */
INLINE vf logistic_of_half(vf v)
{
    return v_fma(v_set(0.5f), tanh_vector(v), v_set(0.5f));
}

#endif
