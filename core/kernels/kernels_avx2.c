/* AVX2 and FMA: 8 units in a vector. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

enum { MAX_SUMS = 15, MAX_SUMS_SPLIT_2 = 14, MAX_SUMS_SPLIT_4 = 13 };

#include "kernels/layer_forward.h"

const struct tc_kernels tc_kernels_avx2 = TC_VECTOR_KERNELS("avx2", TC_CPU_AVX2);
