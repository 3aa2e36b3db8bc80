/** @file
 *  How recordings of one device lie against each other: delay, drift, polarity, wow and flutter.
 *
 *  Recordings are float samples in memory that belong to the caller. Nothing here is real-time
 *  safe. Errors as in tonecell.h. Part of libtonecell-train. */
#ifndef TONECELL_ALIGN_H
#define TONECELL_ALIGN_H

#include "tonecell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The libraries are compiled with hidden visibility: they export what their headers declare. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/** Two recordings that belong together, of any lengths. Samples that stand out of all others, as
 *  pops do, count no more than these. */
struct tc_align_clip {
    const float *input, *target; /* [n_input], [n_target], without NaN */
    size_t n_input, n_target;
};

/** How targets lie against their inputs: frame n of the input belongs to frame
 *  n + delay_frames + 1e-6 drift_ppm n of the target. */
struct tc_alignment {
    double delay_frames;    /* by which the target is late at the first frame; negative: early */
    double drift_ppm;       /* of the target's clock against the input's; 0 if none is certain */
    double drift_error_ppm; /* standard error of the drift that was measured; INFINITY: none was */
    bool inverted;          /* whether the target has the opposite polarity */
    bool certain;           /* whether delay and polarity can be stated as a fact */
    double explained; /* fraction of the target's energy that a short linear filter explains */
    double lead;      /* standard errors by which it explains more than with other delays */
};

/** Find the delay, the drift and the polarity that clips of one device have in common.
 *
 *  max_frames  the largest delay to look for, either way
 *  polarity    1 or -1 if it is known, 0 if not
 *
 *  Hypotheses come from whitened correlations of parts of the input with all of the target. They
 *  are compared by what a linear filter of 32 taps leaves of parts on which it was not fitted. The
 *  best is made exact by the phases of many parts: the delay at each, against what all have in
 *  common, gives the drift. A device that filters has its delay a few frames after its first
 *  response. Nothing is certain of clips that are silent or shorter than 256 frames.
 *
 *  Allocates; works on as many threads as OpenMP gives, of which the result does not depend, and
 *  any number of threads may call it at a time. *alignment is written on success.
 *  Errors: TC_BAD_ARGUMENT (no clips), TC_NO_MEMORY.
 *  From: Knapp & Carter 1976 (weighted cross-correlations). */
enum tc_status tc_find_alignment(const struct tc_align_clip *clips, size_t n_clips,
                                 size_t max_frames, int polarity, struct tc_alignment *alignment,
                                 struct tc_error *error);

/** By how many standard errors a linear filter of 8 taps explains more with one delay than with
 *  another; negative if less, 0 if nothing can be said. Errors: TC_NO_MEMORY. */
enum tc_status tc_align_compare(const struct tc_align_clip *clips, size_t n_clips,
                                double delay_frames, double other_frames, double *lead,
                                struct tc_error *error);

/** How the delay of a recording wanders about its alignment, as those from tape do (wow and
 *  flutter). Frame n of the input belongs to frame
 *  n + delay_frames + 1e-6 drift_ppm n + wander(n) of the target; wander(n) is cubic between the
 *  knots. */
struct tc_delay_curve {
    size_t n_knots;                 /* 0: it does not wander, as far as can be told */
    double step_frames;             /* knot k is at frame k step_frames of the input */
    double *wander_frames;          /* [n_knots] */
    double *error_frames;           /* [n_knots] their standard errors, without what the device's
                                     * own filtering varies by signal */
    double rms_frames, peak_frames; /* of the wander, where there is a signal */
    double rate_hz;                 /* of the wander: of its zero crossings every second */
    double left_before, left_after; /* fractions of the target's energy that a linear filter leaves
                                     * as it was recorded, and along the curve */
    double lead;                    /* standard errors by which the curve is better */
};

/** Find out whether the delay of a clip wanders, and how.
 *
 *  rate_hz    of both recordings
 *  polarity   1 or -1 if it is known, 0 if not
 *  alignment  in: what tc_find_alignment() has for the clip; out, if there is a curve: delay and
 *             polarity along it, which are certain then
 *  curve      written on success; tc_delay_curve_free() frees it
 *
 *  The delay of each short segment (43 ms), up to 2 ms either way, is measured against what all
 *  have in common, the device's own filter. Through these goes a smooth curve, along which the
 *  target is read and all is measured again. A curve is taken that leaves a linear filter at least
 *  2 % less to miss, on parts on which it was not fitted, by five standard errors. It follows
 *  wander up to about 10 Hz. Recordings shorter than 2 s have none.
 *
 *  Of long recordings that do not wander only three parts of 4 s are looked at. Allocates about
 *  three times what the clip has; works on as many threads as OpenMP gives, of which the result
 *  does not depend, and any number of threads may call it at a time.
 *  Errors: TC_NO_MEMORY.
 *  From: Knapp & Carter 1976 (delays), Whittaker 1923 (the smooth curve). */
enum tc_status tc_find_delay_curve(const struct tc_align_clip *clip, double rate_hz, int polarity,
                                   struct tc_alignment *alignment, struct tc_delay_curve *curve,
                                   struct tc_error *error);

/** Free what it holds and empty it; a zeroed one holds nothing. */
void tc_delay_curve_free(struct tc_delay_curve *curve);

/** Positions in a recording: first + step i + wander(curve_first + i) for i = 0, 1 ... */
struct tc_align_path {
    double first, step;                 /* step is within 0.5 % of 1 */
    const struct tc_delay_curve *curve; /* NULL: none */
    double curve_first;                 /* the input's frame that belongs to i = 0 */
};

/** Read a signal at positions between its frames: out[i] is that at the path's i-th position, 0
 *  beyond either end. Up to 0.45 cycles per frame the error is below -100 dB; nothing aliases, as
 *  the path's step is near 1. Works on as many threads as OpenMP gives. Errors: TC_NO_MEMORY.
 *  From: Smith & Gossett 1984. */
enum tc_status tc_align_resample(const float *samples, size_t n_frames,
                                 const struct tc_align_path *path, float *out, size_t n_out,
                                 struct tc_error *error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
