/** @file
 *  Allocations that fail the test instead of returning NULL. The caller frees them. */
#ifndef SUPPORT_ALLOCATE_H
#define SUPPORT_ALLOCATE_H

#include <stddef.h>

/** As calloc(). */
void *support_zeros(size_t n, size_t size);

/** The n values in double. */
double *support_doubles(const float *values, size_t n);

#endif
