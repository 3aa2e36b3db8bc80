/** @file
 *  Made-up notes of plucked strings, as a test signal that is the same everywhere. */
#ifndef TC_NOTES_H
#define TC_NOTES_H

#include <stddef.h>

/** Fill with notes of 0.2 s each, with peaks at most at 1:
 *
 *      y(t) = g sum over p = 1 to 8 of sin(2 pi p f t) exp(-t p / 0.3 s) / p
 *
 *  Fundamentals f from 41 Hz, the low E of a bass, five octaves upwards, and levels over 12 dB,
 *  both spread by multiples of irrational numbers; each second note is inverted. */
void tc_notes_fill(float *samples, size_t n_frames, double rate_hz);

#endif
