/* AVX-512: 16 units in a vector, 32 registers. Compiled with -mavx512f -mavx512dq -mavx512vl. */
#include <immintrin.h>

#include "kernels/activation.h"
#include "kernels/inline.h"

enum { W = 16, MAX_SUMS = 26 };

#define v_set(a) V(set1)(a)
#define v_load(a) V(loadu)(a)
#define v_add(a, b) V(add)(a, b)
#define v_sub(a, b) V(sub)(a, b)
#define v_mul(a, b) V(mul)(a, b)
#define v_fma(a, b, c) V(fmadd)(a, b, c)
#define v_min(a, b) V(min)(a, b)
#define v_max(a, b) V(max)(a, b)
/* Between +-limit: the smaller magnitude, the sign of a. */
#define v_clamp(a, limit) V(range)(a, v_set(limit), 2)
#define v_divide(a, b) OF(divide)(a, b)

/* 1 / b to the CPU's 14 bits, and a step of Newton's on the quotient. */
#define DEFINE_DIVIDE                                                   \
    INLINE vf OF(divide)(vf a, vf b)                                    \
    {                                                                   \
        const vf r = V(rcp14)(b), quotient = v_mul(a, r);               \
                                                                        \
        return v_fma(quotient, V(fnmadd)(b, r, v_set(1.0f)), quotient); \
    }

/* The half block is done in half vectors, which are faster through; zeros go above. */
#define V(op) _mm256_##op##_ps
#define v_store(a, b) _mm512_storeu_ps(a, _mm512_zextps256_ps512(b))
#define OF(name) half_##name
#define vf __m256
DEFINE_DIVIDE
#include "kernels/gates.h"
#undef V
#undef v_store
#undef OF
#undef vf

#define V(op) _mm512_##op##_ps
#define v_store(a, b) _mm512_storeu_ps(a, b)
#define OF(name) full_##name
typedef __m512 vf;
DEFINE_DIVIDE
#include "kernels/gates.h"

#define v_sum(a) _mm512_reduce_add_ps(a)
#define v_low(a) _mm512_castps512_ps256(a)
#define v_high(a) _mm512_extractf32x8_ps(a, 1)
#define v_even(a) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a), 16))

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_TABLE("avx512", TC_CPU_AVX512);
