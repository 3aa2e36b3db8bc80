/** @file
 *  The delay of a target at each moment: of short segments against what all of them have in
 *  common, which is the device's own filter. */
#ifndef TONECELL_ALIGN_LOCAL_DELAY_H
#define TONECELL_ALIGN_LOCAL_DELAY_H

#include "train/align/signal.h"
#include "train/align/spectra.h"

/* The segments are divided into so many runs, whatever the number of threads, so that the sums
 * over them are always added in one order. */
enum { LOCAL_RUNS = 16 };

struct align_sums {
    double *s_r, *s_i; /* [bins] sum over segments of X* T */
    double *xx, *tt;   /* [bins] of |X|^2 and |T|^2 */
};

/** What a thread works with while it is at a run of segments. */
struct align_local_run {
    struct align_transform transform;
    float *work;         /* [size] scratch */
    kiss_fft_cpx *x, *t; /* [bins] of the segment at hand */
    kiss_fft_cpx *cross; /* [bins] */
    struct align_sums sums;
};

/** Segments of `size` frames. */
struct align_local {
    const float *input, *target; /* [n_frames] */
    size_t n_frames;
    size_t size, bins;
    double floor[2]; /* energy that segments are taken to have beside their own */
    float *window;   /* [size] Hann */
    struct align_local_run run[LOCAL_RUNS];
    kiss_fft_cpx *spectra;       /* those of all runs */
    double *values;              /* those of all runs and the following */
    struct align_sums sums;      /* over all segments */
    double *smooth_r, *smooth_i; /* [bins] S over neighbouring bins */
    double *weight;              /* [bins] */
    size_t end;                  /* bins from which on the weight is 0 */
};

/** Frames of a delay, and its variance up to a factor that all have in common; INFINITY without
 *  signal. */
struct align_local_delay {
    double frames, variance;
};

/** Signals of n_frames, of which the target's samples may change afterwards, in segments of at
 *  least min_size. False without memory; align_local_done() in any case. */
bool align_local_init(struct align_local *local, const float *input, const float *target,
                      size_t n_frames, size_t min_size);
void align_local_done(struct align_local *local);

/** Prepare the filter that all segments have in common, and its weights. The sums are over segments
 *  side by side: such that overlap would add little.
 *
 *      g^2 = |S|^2 / (sum |X|^2 sum |T|^2),  weight = g^2 / (1 - g^2) / |S| / ...
 *
 *  All are also sums over neighbouring bins: what a device does to them is alike, and a frequency
 *  that only one segment has says nothing about its delay.
 *
 *  The delay of one is argmax IFFT( weight X* T S* ), as align_fine() has it.
 *
 *  Uses all threads that OpenMP has, as align_local_delays() does; their number changes no bit. */
void align_local_prepare(struct align_local *local);

/** The delays, at most `reach` either way, of n segments, from frame 0 on every `hop` frames.
 *  Quiet ones have more variance.
 *
 *  delay  [n]
 *
 *  The errors of the phases have a variance of q / |cross| if the weights are right; the peak's
 *  height says what q is, its curvature what it makes of the delay. */
void align_local_delays(struct align_local *local, size_t hop, size_t n, size_t reach,
                        struct align_local_delay *delay);

#endif
