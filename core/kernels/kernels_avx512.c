/* AVX-512: 16 units in a vector. Compiled with -mfma -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

enum { MAX_SUMS = 26 };

#define OF(name) full_##name
#include "kernels/gates.h"
#undef OF

/* The half block is done in half vectors, which are faster through; zeros go above. */
#undef V
#undef v_store
#define V(op) _mm256_##op##_ps
#define v_store(a, b) _mm512_storeu_ps(a, _mm512_zextps256_ps512(b))
#define vf __m256
#define OF(name) half_##name
#include "kernels/gates.h"
#undef V
#undef v_store
#undef vf
#define V(op) _mm512_##op##_ps
#define v_store(a, b) V(storeu)(a, b)

#define v_low(a) _mm512_castps512_ps256(a)
#define v_high(a) _mm512_extractf32x8_ps(a, 1)

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_TABLE("avx512", TC_CPU_AVX512);
