/* Training with AVX2 and FMA. Compiled with -mavx2 -mfma. */
#include "kernels/vector_avx2.h"

#include "train/kernels/source.h"

const struct tc_batch_kernels tc_batch_kernels_avx2 = TC_BATCH_TABLE("avx2", TC_CPU_AVX2);
