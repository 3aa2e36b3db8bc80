/** @file
 *  Vectors of AVX-512: 16 floats, 32 registers. For files compiled with -mfma -mavx512f -mavx512dq
 *  -mavx512vl. */
#ifndef TC_VECTOR_AVX512_H
#define TC_VECTOR_AVX512_H

#include "kernels/inline.h"

#include <immintrin.h>

typedef __m512 vf;

enum { V_WIDTH = 16, V_REGISTERS = 32 };

#define v_set(a) _mm512_set1_ps(a)
#define v_load(a) _mm512_loadu_ps(a)
#define v_store(a, b) _mm512_storeu_ps(a, b)
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
#define v_min(a, b) _mm512_min_ps(a, b)
#define v_max(a, b) _mm512_max_ps(a, b)
/* Between +-limit: the smaller magnitude, the sign of a. */
#define v_clamp(a, limit) _mm512_range_ps(a, v_set(limit), 2)

/* 1 / b to the CPU's 14 bits, and one Newton step on the quotient. */
#define v_divide(a, b)                                                         \
    ({                                                                         \
        const vf b_ = (b), r_ = _mm512_rcp14_ps(b_), quotient_ = v_mul(a, r_); \
                                                                               \
        v_fma(quotient_, _mm512_fnmadd_ps(b_, r_, v_set(1.0f)), quotient_);    \
    })

/* p 2^k, where rounded = k + TC_ROUNDER. */
#define v_ldexp(p, rounded) _mm512_scalef_ps(p, v_sub(rounded, v_set(TC_ROUNDER)))

/* min(|a|, limit). */
#define v_min_magnitude(a, limit) _mm512_range_ps(a, v_set(limit), 2 | 2 << 2)
/* a minus the nearest multiple of 1/4. */
#define v_quarter_remainder(a) _mm512_reduce_ps(a, 2 << 4 | _MM_FROUND_NO_EXC)
/* a, with the sign changed where b is negative. */
#define v_flip_sign(a, b) _mm512_xor_ps(a, _mm512_and_ps(b, v_set(-0.0f)))

/* Of 32 floats the one whose index is in the last five bits. */
INLINE vf v_lookup(const float *table, vf number)
{
    return _mm512_permutex2var_ps(_mm512_load_ps(table), _mm512_castps_si512(number),
                                  _mm512_load_ps(table + 16));
}

#define v_lookup v_lookup /* for gates.h: there is one */

#define v_sum(a) _mm512_reduce_add_ps(a)
/* The even weights of bfloat16 pairs (bf16_pair.h). */
#define v_bf16_even(a) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 16))

/* The lower, or upper, half of a in the lower half, zeros in the upper. */
#define v_low_half(a) _mm512_zextps256_ps512(_mm512_castps512_ps256(a))
#define v_high_half(a) _mm512_zextps256_ps512(_mm512_extractf32x8_ps(a, 1))

/* The lower, or upper, halves of a and b. */
#define v_low_halves(a, b) _mm512_shuffle_f32x4(a, b, 0x44)
#define v_high_halves(a, b) _mm512_shuffle_f32x4(a, b, 0xee)

/* a where b > 0, else 0. */
#define v_where_positive(a, b) \
    _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(b, _mm512_setzero_ps(), _CMP_GT_OQ), a)

/* The sum of each of 16 vectors. Pairs are transposed before they are added. */
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
