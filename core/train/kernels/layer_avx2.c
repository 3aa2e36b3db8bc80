/* Training with AVX2 and FMA. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

#include "train/kernels/source.h"

const struct tc_layer_kernels tc_layer_kernels_avx2 = TC_LAYER_TABLE("avx2", TC_CPU_AVX2);
