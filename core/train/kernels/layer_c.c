/* Training on any CPU. */
#include "kernels/vector_c.h"

#include "train/kernels/source.h"

const struct tc_layer_kernels tc_layer_kernels_c = TC_LAYER_TABLE("c", 0);
