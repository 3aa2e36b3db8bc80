/* AVX-512: 16 units in a vector. Compiled with -mfma -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

enum { MAX_SUMS = 26, MOST_TWOFOLD = 16, MOST_FOURFOLD = 12 };

#define v_low(a) _mm512_castps512_ps256(a)
#define v_high(a) _mm512_extractf32x8_ps(a, 1)
#define v_low_alone(a) _mm512_zextps256_ps512(v_low(a))
#define v_high_alone(a) _mm512_zextps256_ps512(v_high(a))

#define OF(name) full_##name
#include "kernels/gates.h"
#undef OF

/* The half block is done in half vectors, which are faster through; zeros go above. */
#undef V
#undef v_store
#undef v_lookup
#define V(op) _mm256_##op##_ps
#define v_store(a, b) _mm512_storeu_ps(a, _mm512_zextps256_ps512(b))
#define v_lookup(table, number) \
    _mm512_castps512_ps256(lookup(table, _mm512_castps256_ps512(number)))
#define vf __m256
#define OF(name) half_##name
#include "kernels/gates.h"

/* half_lstm_gates() without peepholes: what shares a vector goes through tanh together. */
INLINE void half_lstm_pairs(__m512 in_forget, __m512 candidate_out, float *h, float *c)
{
    const __m512 first = full_tanh_vector(in_forget), second = full_tanh_vector(candidate_out);
    const vf cell = half_new_cell(v_low(first), v_high(first), v_low(second), v_load(c));

    v_store(c, cell);
    v_store(h, v_mul(half_logistic_of_tanh(v_high(second)), half_tanh_vector(cell)));
}

#undef V
#undef v_store
#undef v_lookup
#undef vf
#define V(op) _mm512_##op##_ps
#define v_store(a, b) V(storeu)(a, b)

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_TABLE("avx512", TC_CPU_AVX512);
