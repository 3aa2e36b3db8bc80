/** @file
 *  The measures by which models are judged, and linear filters to compare them with.
 *
 *  Nothing here is real-time safe. Errors as in tonecell.h. Part of libtonecell-train. */
#ifndef TONECELL_SCORE_H
#define TONECELL_SCORE_H

#include "tonecell.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The libraries are compiled with hidden visibility: they export what their headers declare. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/** Sums over the frames of any number of clips: start from all zeros, `= {0}`, add frames, read the
 *  scores. With y the output, t the target and several outputs, each output's frames are added by
 *  themselves. One thread at a time; needs no memory and cannot fail. */
struct tc_score {
    uint64_t frames;      /* samples added, of all outputs; of probabilities, frames */
    double target_energy; /* sum t^2 */
    double error_energy;  /* sum (t - y)^2 */
    double target_sum;    /* sum t */
    double error_sum;     /* sum (t - y) */
    double max_error;     /* largest |t - y| */
    double nats;          /* of probabilities: sum of the cross-entropy */
};

/** Add n_frames (0 allowed) samples of one output and its target; all fields but `nats`. */
void tc_score_add(struct tc_score *score, const float *target, const float *output,
                  size_t n_frames);

/** Add n_frames (0 allowed) frames of probabilities y, whose targets t are probabilities as well;
 *  the fields `frames` and `nats`.
 *
 *      softmax    - sum t log y
 *      logistic   - sum t log y + (1 - t) log(1 - y)       log: natural, so the unit is the nat
 *
 *  readout         TC_READOUT_LOGISTIC or TC_READOUT_SOFTMAX
 *  target, output  [outputs] buffers of n_frames, each value 0 to 1
 *
 *  A y of 0 counts as FLT_MIN, a 1 - y of 0 as 2^-25, half of the smallest that 1 - y can be. */
void tc_score_add_probabilities(struct tc_score *score, enum tc_readout readout, unsigned outputs,
                                const float *const *target, const float *const *output,
                                size_t n_frames);

/** Cross-entropy per frame, nats / frames. NAN without frames. */
double tc_score_nats(const struct tc_score *score);

/** Error-to-signal ratio, sum (t - y)^2 / sum t^2, without pre-emphasis: 0 is perfect, 1 as good as
 *  silence. NAN for a silent target. */
double tc_score_esr(const struct tc_score *score);

/** Error of the mean, (mean t - mean y)^2 / mean t^2. NAN for a silent target. */
double tc_score_dc(const struct tc_score *score);

/** The causal linear filter y[n] = sum over k of c[k] x[n - k], k = 0 to taps - 1, with the least
 *  sum (t - y)^2 over any number of clips: the best that a linear model can do. taps = 1 is the
 *  best gain. It holds sums only, (taps + 1) taps doubles, not the samples. One thread at a
 *  time. */
struct tc_fir;

enum { TC_FIR_MAX_TAPS = 1024 };

/** A filter of `taps` (1 to TC_FIR_MAX_TAPS, 1024) coefficients without any frames; free it with
 *  tc_fir_free(). *fir is written on success. Errors: TC_BAD_ARGUMENT, TC_NO_MEMORY. */
enum tc_status tc_fir_new(struct tc_fir **fir, unsigned taps, struct tc_error *error);

/** Free it (NULL allowed). */
void tc_fir_free(struct tc_fir *fir);

/** Add a clip of n_frames. Before it there is silence; its first `skip` frames are input to the
 *  filter but not scored. A clip not longer than `skip` adds nothing. Samples must be finite.
 *  Cannot fail. */
void tc_fir_add(struct tc_fir *fir, const float *input, const float *target, size_t n_frames,
                size_t skip);

/** Add all clips of another filter of as many taps, which does not change: so several threads can
 *  each add some clips. */
void tc_fir_merge(struct tc_fir *fir, const struct tc_fir *other);

/** Compute the coefficients and the ESR of the filter over all frames added so far, on which it is
 *  both fitted and scored. More clips can be added afterwards.
 *
 *  coefficients  [taps] (may be NULL); all 0 where the input is silent
 *  esr           sum (t - y)^2 / sum t^2; NAN for a silent target or without frames
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_fir_solve(const struct tc_fir *fir, double *coefficients, double *esr,
                            struct tc_error *error);

/** The ESR over all frames added so far of other coefficients [taps], such as those that were
 *  fitted to other clips. NAN for a silent target or without frames. Cannot fail. */
double tc_fir_esr(const struct tc_fir *fir, const double *coefficients);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
