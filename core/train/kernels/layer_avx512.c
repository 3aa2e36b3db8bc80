/* Training with AVX-512. Compiled with -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

#include "train/kernels/source.h"

const struct tc_layer_kernels tc_layer_kernels_avx512 = TC_LAYER_TABLE("avx512", TC_CPU_AVX512);
