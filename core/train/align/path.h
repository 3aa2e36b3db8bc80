/** @file
 *  The positions of a path in a recording. */
#ifndef TONECELL_ALIGN_PATH_H
#define TONECELL_ALIGN_PATH_H

#include "tonecell-align.h"

/** position[i] = that of the path's frame first + i, for n frames. */
void align_path_positions(const struct tc_align_path *path, size_t first, size_t n,
                          double *position);

/** The whole frames before a position: floor(), of numbers that a long can hold; without SSE4.1
 *  that is a call. */
static inline double align_whole_part(double position)
{
    const double whole = (double)(long)position;

    return whole > position ? whole - 1.0 : whole;
}

#endif
