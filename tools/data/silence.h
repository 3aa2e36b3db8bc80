/** @file
 *  The range of a signal, and whether it holds anything that a model could learn from. */
#ifndef TONECELL_SILENCE_H
#define TONECELL_SILENCE_H

#include <stdbool.h>
#include <stddef.h>

struct signal_range {
    float low, high;
};

/** The lowest and the highest of n samples, at least one. */
struct signal_range signal_range(const float *samples, size_t n);

/** The largest size of n samples; 0 of none. */
float signal_peak(const float *samples, size_t n);

/** True if the signal moves by no more than -80 dB of full scale: silence that was dithered, or
 *  recorded from a cable with nothing at its end, is silence too. */
bool signal_is_constant(struct signal_range range);

/** Of a constant signal: "silent" or "constant". */
const char *signal_constant_words(struct signal_range range);

#endif
