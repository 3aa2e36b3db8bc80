/** @file
 *  A control that moves to its new value in a straight line, counted in frames. */
#ifndef TC_RAMP_H
#define TC_RAMP_H

#include "tonecell.h"

struct tc_ramp {
    float value, target, step;
    uint32_t remaining; /* frames until value is target */
};

/** The length of all ramps. */
#define TC_RAMP_SECONDS 0.02

static inline uint32_t tc_ramp_frames(double rate_hz)
{
    const double frames = TC_RAMP_SECONDS * rate_hz;

    return frames > 1.0 ? (uint32_t)frames : 1;
}

/** Reach v after `frames`, or at once if that is 0. No change if v is the target already. */
static inline void tc_ramp_to(struct tc_ramp *ramp, float v, uint32_t frames)
{
    if (frames == 0)
        *ramp = (struct tc_ramp){.value = v, .target = v};
    if (v == ramp->target)
        return;
    ramp->target = v;
    ramp->step = (v - ramp->value) / (float)frames;
    ramp->remaining = frames;
}

/** The values of the next n frames. */
static inline void tc_ramp_run(struct tc_ramp *ramp, float *values, size_t n)
{
    for (size_t t = 0; t < n; ++t) {
        if (ramp->remaining)
            ramp->value = --ramp->remaining ? ramp->value + ramp->step : ramp->target;
        values[t] = ramp->value;
    }
}

#endif
