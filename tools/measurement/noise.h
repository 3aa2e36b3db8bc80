/** @file
 *  A test signal that is the same on every machine. */
#ifndef TONECELL_NOISE_H
#define TONECELL_NOISE_H

#include <stddef.h>
#include <stdint.h>

/** Fill with white noise within +-0.5. *random is the generator's state: any number at first, then
 *  as it was left. */
static inline void noise_fill(float *samples, size_t n, uint32_t *random)
{
    for (size_t i = 0; i < n; ++i) {
        *random = *random * 1664525u + 1013904223u;
        samples[i] = (float)(*random >> 8) * 0x1p-24f - 0.5f;
    }
}

#endif
