/** @file
 *  The tables there may be; TC_HAVE_... say which are compiled in. */
#ifndef TC_BATCH_TABLES_H
#define TC_BATCH_TABLES_H

#include "train/kernels/batch.h"

extern const struct tc_batch_kernels tc_batch_kernels_c;
extern const struct tc_batch_kernels tc_batch_kernels_avx2;
extern const struct tc_batch_kernels tc_batch_kernels_avx512;
extern const struct tc_batch_kernels tc_batch_kernels_neon;

#endif
