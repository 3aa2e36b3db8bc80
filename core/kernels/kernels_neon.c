/* NEON of aarch64: 4 units in a vector. */
#include "kernels/vector_neon.h"

/* Chosen for 32 registers, not measured. */
enum { MAX_SUMS = 26, MOST_TWOFOLD = 24, MOST_FOURFOLD = 12 };

#include "kernels/steps.h"

const struct tc_kernels tc_kernels_neon = TC_VECTOR_TABLE("neon", TC_CPU_NEON);
