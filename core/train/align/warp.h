/** @file
 *  A signal at positions between its frames: band-limited interpolation.
 *
 *      y(p) = sum over k of sample[floor(p) + k] sinc(f - k) w(f - k),   f = p - floor(p)
 *
 *  w is a Kaiser window of 64 frames. Up to 0.45 cycles per frame (20 kHz at 44.1 kHz) the error is
 *  below -100 dB. From: Smith & Gossett 1984. */
#ifndef TONECELL_ALIGN_WARP_H
#define TONECELL_ALIGN_WARP_H

#include <stddef.h>

enum {
    WARP_TAPS = 64,
    WARP_BEFORE = WARP_TAPS / 2 - 1, /* taps before floor(p) */
    WARP_PHASES = 512                /* rows in the table, between which weights are interpolated */
};

struct align_warp {
    float weight[WARP_PHASES + 1][WARP_TAPS];
};

/** row[k] = weight of the frame k - (taps / 2 - 1) at `fraction` frames after frame 0, of at most
 *  WARP_TAPS even taps; the error is so many decibels down in the pass band. */
void align_warp_row(double fraction, int taps, double attenuation_db, float *row);

void align_warp_init(struct align_warp *warp);

/** The value at `position` frames after around[WARP_BEFORE], 0 <= position; around must go on to
 *  WARP_TAPS - WARP_BEFORE frames after it. */
float align_warp_at(const struct align_warp *warp, const float *around, double position);

#endif
