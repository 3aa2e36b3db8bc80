/* NEON of aarch64: 4 units in a vector. */
#include "kernels/vector_neon.h"

/* Chosen for 32 registers, not measured. */
enum { MAX_SUMS = 26, MAX_SUMS_SPLIT_2 = 24, MAX_SUMS_SPLIT_4 = 12 };

#include "kernels/layer_forward.h"

const struct tc_kernels tc_kernels_neon = TC_VECTOR_KERNELS("neon", TC_CPU_NEON);
