/** @file
 *  The power of a signal at one frequency, where few frequencies are of interest. */
#ifndef TONECELL_GOERTZEL_H
#define TONECELL_GOERTZEL_H

#include <stddef.h>

/** Fill with a Hann window of n values: 1/2 - 1/2 cos(2 pi i / n). */
void hann_fill(float *window, size_t n);

/** The mean square of a sine at `turns` cycles per frame that has as much power there as n samples
 *  under a Hann window:
 *
 *      2 |sum_i w[i] x[i] exp(-2 pi j turns i)|^2 / (n / 2)^2
 *
 *  From: Goertzel 1958 (the recursion). */
double goertzel_power(const float *samples, const float *window, size_t n, double turns);

#endif
