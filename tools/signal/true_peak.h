/** @file
 *  The highest level of a signal, between its samples as well. */
#ifndef TONECELL_TRUE_PEAK_H
#define TONECELL_TRUE_PEAK_H

#include <stddef.h>

/** The largest magnitude of the signal at 4 times its rate (2 times from 96 kHz on), interpolated
 *  by a windowed sinc; silence before and after. 0 for no frames. From: ITU-R BS.1770-4, annex
 *  2. */
float true_peak(const float *samples, size_t n_frames, double rate_hz);

#endif
