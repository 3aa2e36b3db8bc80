/** @file
 *  Points that cover a square evenly, however many of them there are. */
#ifndef TONECELL_SPREAD_H
#define TONECELL_SPREAD_H

#include "signal/sound.h"

#include <math.h>

struct spread {
    double x, y; /* 0 to below 1 */
};

/** Point k of the sequence: x = frac(k / g), y = frac(k / g^2), g^3 = g + 1; the first is (0, 0).
 *  From: Roberts, The unreasonable effectiveness of quasirandom sequences, 2018. */
static inline struct spread spread_point(unsigned k)
{
    const double g = 1.32471795724474603;
    const double x = k / g, y = k / (g * g);

    return (struct spread){x - floor(x), y - floor(y)};
}

/** The level of a musical event, the loudest for x = 0. Half of them are above -5 dB, as in
 *  playing, and the softest is at -28 dB. */
static inline double spread_level_db(struct spread at)
{
    return SOUND_LOUDEST_DB - 27.0 * at.x * at.x * at.x;
}

#endif
