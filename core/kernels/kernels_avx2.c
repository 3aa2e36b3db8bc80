/* AVX2 and FMA: 8 units in a vector. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

enum { MAX_SUMS = 15, MOST_TWOFOLD = 14, MOST_FOURFOLD = 13 };

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
#include "kernels/half_in_whole.h"

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx2 = TC_VECTOR_TABLE("avx2", TC_CPU_AVX2);
