/** @file
 *  Vectors of AVX-512: 16 floats, 32 registers. For files compiled with -mavx512f -mavx512dq
 *  -mavx512vl. */
#ifndef TC_VECTOR_AVX512_H
#define TC_VECTOR_AVX512_H

#include <immintrin.h>

typedef __m512 vf;

enum { W = 16, V_REGISTERS = 32 };

#define v_set(a) _mm512_set1_ps(a)
#define v_load(a) _mm512_loadu_ps(a)
#define v_store(a, b) _mm512_storeu_ps(a, b)
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
#define v_min(a, b) _mm512_min_ps(a, b)
#define v_max(a, b) _mm512_max_ps(a, b)
#define v_sum(a) _mm512_reduce_add_ps(a)
/* Between +-limit: the smaller magnitude, the sign of a. */
#define v_clamp(a, limit) _mm512_range_ps(a, v_set(limit), 2)

/* a where b > 0, else 0. */
#define v_where_positive(a, b) \
    _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(b, _mm512_setzero_ps(), _CMP_GT_OQ), a)

/* 1 / b to the CPU's 14 bits, and a step of Newton's on the quotient. */
static inline vf v_divide(vf a, vf b)
{
    const vf r = _mm512_rcp14_ps(b), quotient = v_mul(a, r);

    return v_fma(quotient, _mm512_fnmadd_ps(b, r, v_set(1.0f)), quotient);
}

#endif
