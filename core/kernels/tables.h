/** @file
 *  The tables there may be; TC_HAVE_... say which are compiled in. */
#ifndef TC_TABLES_H
#define TC_TABLES_H

#include "kernels/kernels.h"

extern const struct tc_kernels tc_kernels_c;
extern const struct tc_kernels tc_kernels_avx2;
extern const struct tc_kernels tc_kernels_avx512;
extern const struct tc_kernels tc_kernels_neon;

#endif
