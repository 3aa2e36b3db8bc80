/** @file
 *  The kernel sets of all architectures; TC_HAVE_... say which are compiled in. */
#ifndef TC_KERNEL_SETS_H
#define TC_KERNEL_SETS_H

#include "kernels/kernels.h"

extern const struct tc_kernels tc_kernels_c;
extern const struct tc_kernels tc_kernels_avx2;
extern const struct tc_kernels tc_kernels_avx512;
extern const struct tc_kernels tc_kernels_neon;

#endif
