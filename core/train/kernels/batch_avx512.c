/* Training with AVX-512. Compiled with -mavx512f -mavx512dq -mavx512vl. */
#include "kernels/vector_avx512.h"

#include "train/kernels/source.h"

const struct tc_batch_kernels tc_batch_kernels_avx512 = TC_BATCH_TABLE("avx512", TC_CPU_AVX512);
