/* AVX2 and FMA: 8 units in a vector. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

enum { MAX_SUMS = 15, MOST_TWOFOLD = 14, MOST_FOURFOLD = 13 };

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx2 = TC_VECTOR_TABLE("avx2", TC_CPU_AVX2);
