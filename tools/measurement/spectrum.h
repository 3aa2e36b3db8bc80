/** @file
 *  The spectrum of a signal at chosen frequencies. */
#ifndef TONECELL_SPECTRUM_H
#define TONECELL_SPECTRUM_H

#include "tonecell.h"

enum { SPECTRUM_BANDS = 96 };

/** Frequencies from 20 Hz to almost half the sample rate, in equal ratios. */
void spectrum_frequencies(double rate_hz, double hz[SPECTRUM_BANDS]);

/** The power at each frequency, as goertzel_power() has it: the mean of up to 64 segments of 50 ms,
 *  spread over the signal. 0 for a shorter signal. Errors: TC_NO_MEMORY. */
enum tc_status spectrum_measure(const float *samples, size_t n_frames, double rate_hz,
                                const double hz[SPECTRUM_BANDS], double power[SPECTRUM_BANDS],
                                struct tc_error *error);

#endif
