/* Training on any CPU. */
#include "kernels/vector_c.h"

#include "train/kernels/source.h"

const struct tc_batch_kernels tc_batch_kernels_c = TC_BATCH_TABLE("c", 0);
