/** @file
 *  Levels in decibels. */
#ifndef TC_DECIBEL_H
#define TC_DECIBEL_H

#include <math.h>

/** The factor of a gain in dB; exactly 1 for 0 dB. */
static inline float tc_gain_from_db(float gain_db)
{
    return powf(10.0f, gain_db / 20.0f);
}

#endif
