/** @file
 *  A control that glides to its new value in a straight line, counted in frames. */
#ifndef TC_RAMP_H
#define TC_RAMP_H

#include "tonecell.h"

struct tc_ramp {
    float value, target, step;
    uint32_t left; /* frames until value is target */
};

/** Be at v at once. */
static inline void tc_ramp_set(struct tc_ramp *ramp, float v)
{
    *ramp = (struct tc_ramp){.value = v, .target = v};
}

/** Head for v, to arrive after `frames` (> 0); no change if v is where it heads already. */
static inline void tc_ramp_to(struct tc_ramp *ramp, float v, uint32_t frames)
{
    if (v == ramp->target)
        return;
    ramp->target = v;
    ramp->step = (v - ramp->value) / (float)frames;
    ramp->left = frames;
}

/** The next frame's value. */
static inline float tc_ramp_next(struct tc_ramp *ramp)
{
    if (ramp->left)
        ramp->value = --ramp->left ? ramp->value + ramp->step : ramp->target;
    return ramp->value;
}

#endif
