/** @file
 *  A high-pass of the first order that removes a constant from a signal:
 *
 *      y[t] = x[t] - x[t - 1] + r y[t - 1],   r = exp(-2 pi f / rate)
 *
 *  3 dB down at f = 5 Hz. From: Smith, Introduction to Digital Filters (DC blocker). In double
 *  precision, since r is next to 1 at high rates. */
#ifndef TC_DC_BLOCKER_H
#define TC_DC_BLOCKER_H

#include <math.h>
#include <stdbool.h>

struct tc_dc_blocker {
    bool running;
    double x, y; /* of the last frame */
};

static inline double tc_dc_blocker_coefficient(double rate_hz)
{
    return exp(-2.0 * 3.14159265358979324 * 5.0 / rate_hz);
}

/** The first frame that is given to a blocker at rest counts as what the signal was for ever. */
static inline float tc_dc_blocker_step(struct tc_dc_blocker *blocker, double r, float x)
{
    if (!blocker->running)
        *blocker = (struct tc_dc_blocker){.running = true, .x = (double)x};
    blocker->y = (double)x - blocker->x + r * blocker->y;
    blocker->x = (double)x;
    return (float)blocker->y;
}

#endif
