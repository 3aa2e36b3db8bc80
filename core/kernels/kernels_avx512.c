/* AVX-512: 16 units in a vector, 32 registers. Compiled with -mavx512f -mavx512dq -mavx512vl. */
#include <immintrin.h>

typedef __m512 vf;

enum { W = 16, MAX_SUMS = 26 };

#define GROUP_ONE 4
#define GROUP_TWO 3
#define GROUP_MANY 2

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

/* 1 / a: the CPU's 14 bits, doubled by a step of Newton's. */
static inline vf v_reciprocal(vf a)
{
    const vf r = _mm512_rcp14_ps(a);

    return v_fma(r, _mm512_fnmadd_ps(a, r, v_set(1.0f)), r);
}

/* The lower, or upper, half in the lower, zeros above. */
static inline vf v_low(vf a)
{
    return _mm512_maskz_mov_ps(0x00ff, a);
}

static inline vf v_high(vf a)
{
    return _mm512_maskz_shuffle_f32x4(0x00ff, a, a, 0x0e);
}

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_TABLE("avx512", TC_CPU_AVX512);
