/** @file
 *  The sample rate of a model that may not say any. */
#ifndef TC_USUAL_RATE_H
#define TC_USUAL_RATE_H

#include "tonecell.h"

/** Hz; 48 kHz, that of most models and sessions, if it is unknown. */
static inline double tc_usual_rate_hz(const struct tc_metadata *meta)
{
    return meta->sample_rate_hz > 0.0 ? meta->sample_rate_hz : 48000.0;
}

#endif
