/** @file
 *  A plucked string. */
#ifndef TONECELL_PLUCKED_STRING_H
#define TONECELL_PLUCKED_STRING_H

#include "signal/sound.h"

/** How a string is plucked. */
struct pluck {
    double frequency_hz;
    double bend;    /* semitones by which the pitch rises in the first half second */
    double force;   /* 0 (soft and dull) to 1 (hard and bright) */
    double decay_s; /* until the lowest partial is 60 dB down */
    bool muted;     /* by the hand: high partials are gone at once */
    double gain;
};

/** Add a plucked string to a sound, from the first to the last of its frames.
 *
 *      s[n] = x[n] + g f[n],   f[n] = (1 - a) d[n] + a f[n-1],   d[n] = s[n - D]
 *      y[n] = s[n] - s[n - p]
 *
 *  x is one period of noise, the duller the softer; p the place of the pick. The fraction of the
 *  delay D comes from cubic interpolation; D and the phase delay of the loss filter f make a
 *  period. g and a give two decay times, at the lowest partial and at a high one, at any sample
 *  rate; near half of the rate the interpolation shortens them.
 *
 *  From: Karplus & Strong, Digital synthesis of plucked-string and drum timbres, 1983; Jaffe &
 *  Smith, Extensions of the Karplus-Strong plucked-string algorithm, 1983; the loss filter of
 *  Valimaki, Huopaniemi, Karjalainen & Janosy, Physical modeling of plucked string instruments,
 *  1996; the interpolation of Laakso et al., Splitting the unit delay, 1996. */
void string_pluck(const struct sound *sound, struct generator *generator,
                  const struct pluck *pluck);

#endif
