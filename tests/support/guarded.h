/** @file
 *  Aligned arrays that notice a write beside them. */
#ifndef GUARDED_H
#define GUARDED_H

#include <stddef.h>

struct guarded {
    float *memory, *v; /* v[n], aligned to 64 bytes */
    size_t n;
};

/** Zeros. */
struct guarded guarded_new(size_t n);

/** Free it. Fails, naming `what`, if anything was written beyond it. */
void guarded_free(struct guarded *g, const char *what);

#endif
