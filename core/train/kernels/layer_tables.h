/** @file
 *  The tables there may be; TC_HAVE_... say which are compiled in. */
#ifndef TC_LAYER_TABLES_H
#define TC_LAYER_TABLES_H

#include "train/kernels/layer_kernels.h"

extern const struct tc_layer_kernels tc_layer_kernels_c;
extern const struct tc_layer_kernels tc_layer_kernels_avx2;
extern const struct tc_layer_kernels tc_layer_kernels_avx512;
extern const struct tc_layer_kernels tc_layer_kernels_neon;

#endif
