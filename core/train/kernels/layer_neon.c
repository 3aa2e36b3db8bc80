/* Training with aarch64's NEON. */
#include "kernels/vector_neon.h"

#include "train/kernels/source.h"

const struct tc_layer_kernels tc_layer_kernels_neon = TC_LAYER_TABLE("neon", TC_CPU_NEON);
