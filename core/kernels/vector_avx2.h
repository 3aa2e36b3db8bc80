/** @file
 *  Vectors of AVX2 and FMA: 8 floats, 16 registers. For files compiled with -mavx2 -mfma. */
#ifndef TC_VECTOR_AVX2_H
#define TC_VECTOR_AVX2_H

#include "kernels/inline.h"

#include <immintrin.h>

typedef __m256 vf;

enum { V_WIDTH = 8, V_REGISTERS = 16 };

#define v_set(a) _mm256_set1_ps(a)
#define v_load(a) _mm256_loadu_ps(a)
#define v_store(a, b) _mm256_storeu_ps(a, b)
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_divide(a, b) _mm256_div_ps(a, b)
#define v_clamp(a, limit) v_max(v_set(-(limit)), v_min(v_set(limit), a))

/* The even weights of bfloat16 pairs (bf16_pair.h). A shift by 16 bits would do, but on Intel's
 * CPUs v_fma() needs the ports of shifts, and not those of shuffles. */
INLINE vf v_bf16_even(vf a)
{
    const __m128i lower_to_upper =
        _mm_setr_epi8(-1, -1, 0, 1, -1, -1, 4, 5, -1, -1, 8, 9, -1, -1, 12, 13);

    return _mm256_castsi256_ps(
        _mm256_shuffle_epi8(_mm256_castps_si256(a), _mm256_broadcastsi128_si256(lower_to_upper)));
}

/* p 2^k, where rounded = k + TC_ROUNDER has k in its last bits, which are added to the exponent. */
#define v_ldexp(p, rounded)                                      \
    _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), \
                                         _mm256_slli_epi32(_mm256_castps_si256(rounded), 23)))

/* The lower, or upper, half of a in the lower half, zeros in the upper. */
#define v_low_half(a) _mm256_permute2f128_ps(a, a, 0x80)
#define v_high_half(a) _mm256_permute2f128_ps(a, a, 0x81)

/* The lower, or upper, halves of a and b. */
#define v_low_halves(a, b) _mm256_permute2f128_ps(a, b, 0x20)
#define v_high_halves(a, b) _mm256_permute2f128_ps(a, b, 0x31)

/* a where b > 0, else 0. */
#define v_where_positive(a, b) _mm256_and_ps(_mm256_cmp_ps(b, _mm256_setzero_ps(), _CMP_GT_OQ), a)

static inline float v_sum(vf a)
{
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));

    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/* The sum of each of 8 vectors. */
INLINE vf v_sums(const vf *a)
{
    const vf low = _mm256_hadd_ps(_mm256_hadd_ps(a[0], a[1]), _mm256_hadd_ps(a[2], a[3]));
    const vf high = _mm256_hadd_ps(_mm256_hadd_ps(a[4], a[5]), _mm256_hadd_ps(a[6], a[7]));

    return _mm256_add_ps(_mm256_permute2f128_ps(low, high, 0x20),
                         _mm256_permute2f128_ps(low, high, 0x31));
}

#endif
