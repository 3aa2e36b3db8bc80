/** @file
 *  The delay of a target at each moment: of short segments against what all of them have in
 *  common, which is the device's own filter. */
#ifndef TONECELL_ALIGN_LOCAL_DELAY_H
#define TONECELL_ALIGN_LOCAL_DELAY_H

#include "train/align/signal.h"
#include "train/align/spectra.h"

/** Segments of the size of the transform. */
struct align_local {
    const float *input, *target; /* [n_frames] */
    size_t n_frames;
    struct align_transform transform;
    double floor[2];             /* energy that segments are taken to have beside their own */
    float *window, *work;        /* [size] Hann; scratch */
    kiss_fft_cpx *x, *t;         /* [bins] of the segment at hand */
    kiss_fft_cpx *cross;         /* [bins] */
    double *s_r, *s_i;           /* [bins] sum over segments of X* T */
    double *xx, *tt;             /* [bins] of |X|^2 and |T|^2 */
    double *smooth_r, *smooth_i; /* [bins] S over neighbouring bins */
    double *weight;              /* [bins] */
    size_t end;                  /* bins from which on the weight is 0 */
};

/** Signals of n_frames, of which the samples may change afterwards. False without memory;
 *  align_local_done() in any case. */
bool align_local_init(struct align_local *local, const float *input, const float *target,
                      size_t n_frames, size_t length);
void align_local_done(struct align_local *local);

/** Forget the sums. */
void align_local_reset(struct align_local *local);

/** Add the segment from `start` on to the sums. */
void align_local_add(struct align_local *local, size_t start);

/** With all segments added, prepare their common filter and its weights.
 *
 *      g^2 = |S|^2 / (sum |X|^2 sum |T|^2),  weight = g^2 / (1 - g^2) / |S| / ...
 *
 *  All are also sums over neighbouring bins: what a device does to them is alike, and a frequency
 *  that only one segment has says nothing about its delay.
 *
 *  The delay of one is argmax IFFT( weight X* T S* ), as align_fine() has it. */
void align_local_weigh(struct align_local *local, size_t n_segments);

/** The delay, frames, of the segment from `start` on, at most `reach` either way, and its variance
 *  up to a factor that all have in common; INFINITY without signal.
 *  Quiet segments have more.
 *
 *  The errors of the phases have a variance of q / |cross| if the weights are right; the peak's
 *  height says what q is, its curvature what it makes of the delay. */
double align_local_delay(struct align_local *local, size_t start, size_t reach, double *variance);

#endif
