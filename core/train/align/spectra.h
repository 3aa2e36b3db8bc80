/** @file
 *  Fourier transforms of real signals, zero-padded to one size. */
#ifndef TONECELL_ALIGN_SPECTRA_H
#define TONECELL_ALIGN_SPECTRA_H

#include <kiss_fftr.h>
#include <stdbool.h>
#include <stddef.h>

struct align_transform {
    size_t size; /* frames, even */
    size_t bins; /* size / 2 + 1 */
    kiss_fftr_cfg forward, inverse;
};

/** A transform of at least min_size frames. False without memory; align_transform_done() in any
 *  case. */
bool align_transform_init(struct align_transform *transform, size_t min_size);
void align_transform_done(struct align_transform *transform);

/** Fill with a Hann window that has no zero at its ends: 1/2 - 1/2 cos(2 pi (i + 1/2) / n). */
void align_hann(float *window, size_t n);

/** power[i] = mean of |spectrum|^2 over the bins from i - half to i + half that there are. */
void align_smooth_power(const kiss_fft_cpx *spectrum, size_t bins, size_t half, double *power);

/** Divide by the root of the smoothed power, so that all frequencies weigh the same; those far
 *  below the others weigh less. `power` [bins] is scratch. */
void align_whiten(kiss_fft_cpx *spectrum, size_t bins, size_t half, double *power);

#endif
