/* Training with aarch64's NEON. */
#include "kernels/vector_neon.h"

#include "train/kernels/source.h"

const struct tc_batch_kernels tc_batch_kernels_neon = TC_BATCH_TABLE("neon", TC_CPU_NEON);
