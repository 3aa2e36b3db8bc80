/** @file
 *  Loops that do nothing but arithmetic or loads, to measure what a core can do at most. One source
 *  compiled for each instruction set, with the widest vectors it has. */
#ifndef TONECELL_MACHINE_LOOPS_H
#define TONECELL_MACHINE_LOOPS_H

#include <stddef.h>

struct machine_loops {
    size_t flops; /* of a round of multiply() */

    /** s = s factor + factor, `rounds` times, in as many independent vectors as hide the latency.
     *  The result only keeps the compiler from removing the loop. */
    float (*multiply)(size_t rounds, float factor);

    /** Load `bytes` (a multiple of 512; aligned to 64), `repeats` times. */
    unsigned (*load)(const void *data, size_t bytes, size_t repeats);
};

extern const struct machine_loops machine_loops; /* with what every CPU of the architecture has */
extern const struct machine_loops machine_loops_avx2;
extern const struct machine_loops machine_loops_avx512;

#endif
