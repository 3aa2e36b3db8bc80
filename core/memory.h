/** @file
 *  Zeroed memory for floats, aligned for any vector instruction. */
#ifndef TC_MEMORY_H
#define TC_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TC_ALIGN_FLOATS = 16 }; /* 64 bytes: a cache line, the widest vector */

/** n floats, all 0, to be given to free(); NULL if there is no memory. */
static inline float *tc_floats_new(size_t n)
{
    const size_t line = TC_ALIGN_FLOATS * sizeof(float);
    float *floats;

    if (n > SIZE_MAX / sizeof *floats - TC_ALIGN_FLOATS)
        return NULL;
    n = (n / TC_ALIGN_FLOATS + 1) * line;
    floats = aligned_alloc(line, n);
    return floats ? memset(floats, 0, n) : NULL;
}

/** Signals of n frames, all 0: `rows` pointers, and what they point to in the same block of memory,
 *  to be given to free(); NULL if there is no memory. */
static inline float **tc_signals_new(size_t rows, size_t n)
{
    float **const signals = calloc(rows + 1, sizeof *signals + n * sizeof **signals);

    for (size_t i = 0; signals && i < rows; ++i)
        signals[i] = (float *)(signals + rows) + i * n;
    return signals;
}

/** Memory being handed out array by array. With base NULL it only counts, so that one function can
 *  first learn the size of an object and then lay it out. */
struct tc_carver {
    float *base;
    size_t used;
};

/** The next n floats, starting on a cache line; NULL while counting. */
static inline float *tc_carve(struct tc_carver *carver, size_t n)
{
    float *const array = carver->base ? carver->base + carver->used : NULL;

    carver->used += (n + TC_ALIGN_FLOATS - 1) / TC_ALIGN_FLOATS * TC_ALIGN_FLOATS;
    return array;
}

#endif
