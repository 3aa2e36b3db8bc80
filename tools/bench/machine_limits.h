/** @file
 *  What one core can do at most: arithmetic and loads, as a bound on streams and training. */
#ifndef TONECELL_MACHINE_LIMITS_H
#define TONECELL_MACHINE_LIMITS_H

#include "tonecell.h"

struct machine_limits {
    double peak_gflops;              /* float32 multiply and add, fused where the CPU can */
    double l1_gb_per_s, l2_gb_per_s; /* loads from the first and second cache, 1e9 bytes */
};

/** Measure for some hundredths of a second with the instructions of `kernels`, a name as
 *  tc_kernels_name() gives; NULL: the widest. Keeps the better of each result and what is in
 *  `limits`, which starts with zeros. Errors: TC_NO_MEMORY. */
enum tc_status machine_limits_measure(struct machine_limits *limits, const char *kernels,
                                      struct tc_error *error);

enum { CPU_NAME_SIZE = 96 };

/** The CPU's name as the system has it, or "unknown CPU". Returns name. */
const char *machine_cpu_name(char name[CPU_NAME_SIZE]);

#endif
