/** @file
 *  What a core can do at most, as loops that do nothing else. One source compiled for each
 *  instruction set, with the widest vectors it has. */
#ifndef TONECELL_MACHINE_LOOPS_H
#define TONECELL_MACHINE_LOOPS_H

#include <stddef.h>

struct machine_loops {
    size_t flops; /* of a round of multiply() */

    /** s = s factor + factor, `rounds` times, in as many independent vectors as hide the latency.
     *  The result is of no interest but to the compiler. */
    float (*multiply)(size_t rounds, float factor);

    /** Load `bytes` (a multiple of 512; aligned to 64), `passes` times. */
    unsigned (*load)(const void *data, size_t bytes, size_t passes);
};

extern const struct machine_loops machine_loops; /* with what every CPU of the architecture has */
extern const struct machine_loops machine_loops_avx2;
extern const struct machine_loops machine_loops_avx512;

#endif
