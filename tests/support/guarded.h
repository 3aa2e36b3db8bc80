/** @file
 *  Aligned arrays that detect writes out of bounds. */
#ifndef GUARDED_H
#define GUARDED_H

#include <stddef.h>

struct guarded {
    float *memory, *v; /* v[n], aligned to 64 bytes */
    size_t n;
};

/** Zeros. */
struct guarded guarded_new(size_t n);

/** Free it. Fails, naming `what`, if anything was written out of bounds. */
void guarded_free(struct guarded *g, const char *what);

#endif
