/* AVX-512: 16 units in a vector. Compiled with -mfma -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

enum { MAX_SUMS = 26, MOST_TWOFOLD = 16, MOST_FOURFOLD = 12 };

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_TABLE("avx512", TC_CPU_AVX512);
