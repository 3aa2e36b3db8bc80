/** @file
 *  Sweeps: sines whose frequency rises by the same factor in each second. */
#ifndef TONECELL_SWEEP_H
#define TONECELL_SWEEP_H

#include "signal/sound.h"

/** Fill a sound with a sweep, which fades in and out at its ends.
 *
 *      x(t) = sin(2 pi f1 T / L (exp(t L / T) - 1)),  L = ln(f2 / f1),  T seconds long
 *
 *  From: Farina, Simultaneous measurement of impulse response and distortion with a swept-sine
 *  technique, AES 108, 2000. */
void sweep_fill(const struct sound *sound, double from_hz, double to_hz, double level_db);

/** Where sweeps end: at 20 kHz, or a little below half of a lower rate. */
double sweep_top_hz(double rate_hz);

#endif
