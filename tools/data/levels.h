/** @file
 *  The levels of an input and its target over time. */
#ifndef TONECELL_LEVELS_H
#define TONECELL_LEVELS_H

#include "tonecell.h"

#include <stdbool.h>

/** The powers of both signals, without offset, in blocks of `size` frames; what is left at the end
 *  is not counted. */
struct levels {
    size_t n, size;
    double *input, *target;         /* [n] mean squares */
    double loud_input, loud_target; /* the mean where each block has its power as weight: silence
                                       counts for nothing */
};

/** Measure. block_frames is rounded up. *levels is to be freed in the case of success. Errors:
 *  TC_NO_MEMORY. */
enum tc_status levels_init(struct levels *levels, const float *input, const float *target,
                           size_t n_frames, double block_frames, struct tc_error *error);

void levels_free(struct levels *levels);

/** Find the next run of blocks whose input is at most `limit` times loud_input: blocks *first to
 *  *end - 1, from the *end that was given on (0 at first). False if there is none. */
bool levels_next_pause(const struct levels *levels, double limit, size_t *first, size_t *end);

/** The mean square of n samples without their mean. */
double levels_power(const float *samples, size_t n);

#endif
