/** @file
 *  Bursts of noise, from dull to bright, from short to long. */
#ifndef TONECELL_NOISE_BURSTS_H
#define TONECELL_NOISE_BURSTS_H

#include "signal/sound.h"

/** Fill a sound with bursts of 20 to 600 ms and pauses of up to 200 ms, the first at the loudest
 *  level. Every other burst dies away, the rest end at once. */
void noise_bursts_fill(const struct sound *sound, struct generator *generator);

#endif
