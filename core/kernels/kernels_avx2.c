/* AVX2 and FMA: 8 units in a vector, 16 registers. Compiled with -mavx2 -mfma. */
#include <immintrin.h>

#include "kernels/activation.h"
#include "kernels/inline.h"

typedef __m256 vf;

enum { W = 8, MAX_SUMS = 15 };

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
#define v_even(a) _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a), 16))

/* a between +-limit. */
static inline vf v_clamp(vf a, float limit)
{
    return v_max(v_set(-limit), v_min(v_set(limit), a));
}

static inline float v_sum(vf a)
{
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));

    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/* The lower, or upper, half in the lower, zeros above. */
static inline vf v_low(vf a)
{
    return _mm256_permute2f128_ps(a, a, 0x80);
}

static inline vf v_high(vf a)
{
    return _mm256_permute2f128_ps(a, a, 0x81);
}

#define OF(name) full_##name
#include "kernels/gates.h"
/* Half vectors are no faster through: the half block is done in a whole one. */
#define half_lstm_gates full_lstm_gates
#define half_gru_gates full_gru_gates

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx2 = TC_VECTOR_TABLE("avx2", TC_CPU_AVX2);
