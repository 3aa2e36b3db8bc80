/** @file
 *  The recordings of an alignment as its parts read them: scaled and limited, so that one pop or
 *  absurd sample counts no more than the loudest of the others. */
#ifndef TONECELL_ALIGN_SIGNAL_H
#define TONECELL_ALIGN_SIGNAL_H

#include "train/align/warp.h"

struct align_signal {
    const float *samples;
    size_t n_frames;
    float limit; /* 0 if all samples are zero */
};

struct align_clip {
    struct align_signal input, target;
};

/** Where the target of frame n of the input lies: at n + delay + drift n. */
struct align_line {
    double delay; /* frames */
    double drift; /* of the target's clock against the input's, minus 1 */
};

/** The sum of the squares of the samples; those that are absurdly large, or NaN, count less. */
double align_energy(const float *samples, size_t n_frames);

/** The signal of n_frames samples, with its limit. */
struct align_signal align_signal(const float *samples, size_t n_frames);

/** out[i] = sample[start + i] limited to and in units of the limit, 0 beyond either end. */
void align_read(const struct align_signal *signal, long start, size_t n_frames, float *out);

/** The same at the frames that belong to the input's frames from `start` on: rounded to one whole
 *  delay where the line has no drift, else interpolated. The drift is within 0.5 %. */
void align_read_line(const struct align_signal *signal, const struct align_line *line,
                     const struct align_warp *warp, long start, size_t n_frames, float *out);

#endif
