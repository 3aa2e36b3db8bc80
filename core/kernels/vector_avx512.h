/** @file
 *  Vectors of AVX-512: 16 floats, 32 registers. For files compiled with -mfma -mavx512f -mavx512dq
 *  -mavx512vl. With another V() and vf the same words mean half vectors. */
#ifndef TC_VECTOR_AVX512_H
#define TC_VECTOR_AVX512_H

#include "kernels/inline.h"

#include <immintrin.h>

typedef __m512 vf;

enum { W = 16, V_REGISTERS = 32 };

#define V(op) _mm512_##op##_ps

#define v_set(a) V(set1)(a)
#define v_load(a) V(loadu)(a)
#define v_store(a, b) V(storeu)(a, b)
#define v_add(a, b) V(add)(a, b)
#define v_sub(a, b) V(sub)(a, b)
#define v_mul(a, b) V(mul)(a, b)
#define v_fma(a, b, c) V(fmadd)(a, b, c)
#define v_min(a, b) V(min)(a, b)
#define v_max(a, b) V(max)(a, b)
/* Between +-limit: the smaller magnitude, the sign of a. */
#define v_clamp(a, limit) V(range)(a, v_set(limit), 2)

/* 1 / b to the CPU's 14 bits, and a step of Newton's on the quotient. */
#define v_divide(a, b)                                                  \
    ({                                                                  \
        const vf b_ = (b), r_ = V(rcp14)(b_), quotient_ = v_mul(a, r_); \
                                                                        \
        v_fma(quotient_, V(fnmadd)(b_, r_, v_set(1.0f)), quotient_);    \
    })

/* p 2^k, where rounded = k + TC_ROUNDER. */
#define v_ldexp(p, rounded) V(scalef)(p, v_sub(rounded, v_set(TC_ROUNDER)))

/* The smaller magnitude, of a or the limit. */
#define v_magnitude(a, limit) V(range)(a, v_set(limit), 2 | 2 << 2)
/* a less its nearest quarter. */
#define v_beyond_quarters(a) V(reduce)(a, 2 << 4 | _MM_FROUND_NO_EXC)
/* a, turned round where b is negative. */
#define v_turned(a, b) V (xor)(a, V(and)(b, v_set(-0.0f)))

/* Of 32 floats the one whose number is in the last five bits. */
INLINE __m512 lookup(const float *table, __m512 number)
{
    return _mm512_permutex2var_ps(_mm512_load_ps(table), _mm512_castps_si512(number),
                                  _mm512_load_ps(table + 16));
}

#define v_lookup(table, number) lookup(table, number)

/* Of whole vectors only. */
#define v_sum(a) _mm512_reduce_add_ps(a)
#define v_even(a) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 16))

/* The lower, or upper, halves of both. */
#define v_lows(a, b) _mm512_shuffle_f32x4(a, b, 0x44)
#define v_highs(a, b) _mm512_shuffle_f32x4(a, b, 0xee)

/* a where b > 0, else 0. */
#define v_where_positive(a, b) \
    _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(b, _mm512_setzero_ps(), _CMP_GT_OQ), a)

/* The sum of each of 16 vectors. Quarters are turned round before they are added up. */
INLINE __m512 v_sums(const __m512 *a)
{
    __m512 pair[8], four[4], eight[2];

    UNROLL for (unsigned i = 0; i < 8; ++i) pair[i] = _mm512_add_ps(
        _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]), _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]));
    UNROLL for (unsigned i = 0; i < 4; ++i)
    {
        const __m512d lower = _mm512_castps_pd(pair[2 * i]),
                      upper = _mm512_castps_pd(pair[2 * i + 1]);

        four[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(lower, upper)),
                                _mm512_castpd_ps(_mm512_unpackhi_pd(lower, upper)));
    }
    UNROLL for (unsigned i = 0; i < 2; ++i) eight[i] =
        _mm512_add_ps(_mm512_shuffle_f32x4(four[2 * i], four[2 * i + 1], 0x88),
                      _mm512_shuffle_f32x4(four[2 * i], four[2 * i + 1], 0xdd));
    return _mm512_add_ps(_mm512_shuffle_f32x4(eight[0], eight[1], 0x88),
                         _mm512_shuffle_f32x4(eight[0], eight[1], 0xdd));
}

#endif
