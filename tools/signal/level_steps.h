/** @file
 *  Steady sounds whose level steps or glides: from what comes back follow the curve of a
 *  distortion, and ratio, attack and release of a compressor. */
#ifndef TONECELL_LEVEL_STEPS_H
#define TONECELL_LEVEL_STEPS_H

#include "signal/sound.h"

/** The level from here on, and for how long. */
struct level_step {
    double level_db, seconds;
};

/** Fill with a sine of amplitude 1. */
void tone_fill(const struct sound *sound, double frequency_hz);

/** Fill with noise of amplitude 1 at most, below a frequency. */
void noise_fill_below(const struct sound *sound, struct generator *generator, double cutoff_hz);

/** Multiply a sound by the levels of n steps, from silence at its start to silence at its end. A
 *  step is reached within `transition_s` from its beginning. */
void level_steps_apply(const struct sound *sound, const struct level_step *steps, size_t n,
                       double transition_s);

/** A tone or noise that glides by the same number of dB in each second, from `from_db` up to the
 *  loudest level and back. */
void level_glide_apply(const struct sound *sound, double from_db);

#endif
