/* AVX-512: 16 units in a vector. Compiled with -mfma -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

enum { MAX_SUMS = 26, MAX_SUMS_SPLIT_2 = 16, MAX_SUMS_SPLIT_4 = 12 };

#include "kernels/layer_forward.h"

const struct tc_kernels tc_kernels_avx512 = TC_VECTOR_KERNELS("avx512", TC_CPU_AVX512);
