/** @file
 *  A signal at a lower rate, for searches over long times. */
#ifndef TONECELL_ALIGN_DECIMATE_H
#define TONECELL_ALIGN_DECIMATE_H

#include "train/align/signal.h"

enum { MAX_DECIMATION = 64 };

/** Frames of the signal at a rate `factor` times lower. */
static inline size_t align_decimated_frames(const struct align_signal *signal, size_t factor)
{
    return signal->n_frames / factor;
}

/** Write the frames 0, factor, 2 factor ... of the low-passed signal. factor is from 1 (a copy) to
 *  MAX_DECIMATION. */
void align_decimate(const struct align_signal *signal, size_t factor, float *out);

#endif
