/** @file
 *  One channel of a recording and its target, the delay between them removed: what checks of
 *  recordings look at. */
#ifndef TONECELL_ALIGNED_PAIR_H
#define TONECELL_ALIGNED_PAIR_H

#include <stddef.h>

struct aligned_pair {
    const float *input, *target; /* [n_frames] */
    size_t n_frames;
    double rate_hz;
};

#endif
