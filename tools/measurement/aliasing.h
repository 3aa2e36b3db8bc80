/** @file
 *  How much of a model's output on a sine is aliasing.
 *
 *  A nonlinear model makes harmonics of a sine beyond half its sample rate, which fold back to
 *  frequencies that are no multiples of the sine's. The aliasing-to-signal ratio is the energy
 *  there relative to that of the harmonics. From: Sato & Smith 2025 (arXiv 2505.04082); as the
 *  measure of Carson, Wright & Bilbao 2025 (DAFx25, arXiv 2505.11375) it is taken of sines
 *  alone. */
#ifndef TONECELL_ALIASING_H
#define TONECELL_ALIASING_H

#include "tonecell.h"

/** Frames of a measured signal: a whole number of periods of the sine. */
enum { ALIASING_FRAMES = 8192 };

/** Sums of squares, in double, of a signal's components up to 20 kHz, or 20 / 44.1 of a lower rate
 *  than 44.1 kHz: the pass band of the player's filters. A constant part counts in neither. */
struct aliasing {
    double harmonics, rest;
};

/** The odd number of periods in ALIASING_FRAMES that is nearest to a frequency. It has no divisor
 *  in common with ALIASING_FRAMES, so that harmonics fold back to frequencies of their own up to an
 *  order of ALIASING_FRAMES - 1, whatever the frequency is. */
size_t aliasing_periods(double hz, double rate_hz);

/** Split the energy of a signal with this many periods, as aliasing_periods() has it:
 *
 *      Y(k)       = sum_n y[n] exp(-2 pi j k n / N)          N = ALIASING_FRAMES
 *      harmonics  = 2 / N sum |Y(k)|^2 over the multiples k of `periods`
 *      rest       = 2 / N sum |Y(k)|^2 over the others       both 0 < k <= N limit / rate
 *
 *  samples  [ALIASING_FRAMES] in: y; out: the rest
 *
 *  A rest of 1e-20 of the harmonics is still measured. Errors: TC_NO_MEMORY. */
enum tc_status aliasing_split(double *samples, size_t periods, double rate_hz,
                              struct aliasing *aliasing, struct tc_error *error);

/** The sine that a model is measured with. */
struct aliasing_sine {
    double hz, level;      /* level: its amplitude, 1 for full scale */
    double seconds;        /* played before the measurement, until the output is periodic */
    unsigned oversampling; /* 1, 2 or 4: of the player */
};

/** The ratio rest / harmonics, as a power, of all outputs of a model at its own sample rate (48 kHz
 *  if that is unknown), with the sine at every audio input but a control signal and the knobs at
 *  their initial values; 10 log10 of it is in dB. The sine has the nearest frequency that
 *  aliasing_periods() allows. What is not periodic, such as a gain that still changes, counts as
 *  aliasing. NAN where there are no harmonics: the output is silent, or the frequency beyond the
 *  limit. Errors: TC_NO_MEMORY and those of tc_player_new(). */
enum tc_status aliasing_measure(const struct tc_model *model, const struct aliasing_sine *sine,
                                double *ratio, struct tc_error *error);

/** Sines of 1 to 5 kHz at full scale, after a second. */
enum { ALIASING_SINES = 5 };

/** The ratio of each of these, from 1 kHz on, as aliasing_measure() has it. */
enum tc_status aliasing_measure_sines(const struct tc_model *model, unsigned oversampling,
                                      double ratio[ALIASING_SINES], struct tc_error *error);

#endif
