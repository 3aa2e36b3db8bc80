/** @file
 *  Samples that no device made: a converter that clipped, and single pops of the cables. */
#ifndef TONECELL_OVERLOAD_H
#define TONECELL_OVERLOAD_H

#include <stdbool.h>
#include <stddef.h>

struct clipped_samples {
    size_t runs, frames; /* frames: in all runs */
};

/** Find what a converter clipped: runs of four equal samples and more at one of the signal's
 *  extremes, if that is full scale (0.99 and more). Runs of more than 2048 frames, and what
 *  comes within 8192 after them, are gear that settles. `mask` [n] (may be NULL) becomes true in
 *  the runs. */
struct clipped_samples clipped_find(const float *samples, size_t n, bool *mask);

/** A pop, and the frames within 20 ms. */
struct pop {
    size_t frame, first, stop;
    double factor; /* how many times as large as any other sample */
};

/** Find a pop: a sample of the target three times as large as any other one farther away than 20
 *  ms, while the input has nothing of the kind within half a second. False if there is none.
 *
 *  input, target  n_frames each, not silent */
bool pop_find(const float *input, const float *target, size_t n_frames, double rate_hz,
              struct pop *pop);

#endif
