/* AVX2 and FMA: 8 units in a vector. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

enum { MAX_SUMS = 15 };

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
#define half_reset_gates full_reset_gates
#define half_candidate_gate full_candidate_gate

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx2 = TC_VECTOR_TABLE("avx2", TC_CPU_AVX2);
