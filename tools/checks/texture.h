/** @file
 *  How a stretch of a recording moves, counted in steps of the converter or file format. */
#ifndef TONECELL_TEXTURE_H
#define TONECELL_TEXTURE_H

#include <stddef.h>

struct texture {
    double step;       /* the least difference between two samples next to each other; INFINITY: all
                          are equal, and the two below are 0 */
    double movement;   /* RMS of these differences, steps */
    double innovation; /* RMS of what is left after the best prediction of each sample from the two
                          before it, which knows a tone, steps */
};

/** Measure n samples, at least 3. Cannot fail. */
struct texture texture_measure(const float *samples, size_t n);

#endif
