#include "audio/quantise.h"

#include <math.h>

/* Random number, uniform in [0, 1): a linear congruential generator. From: Knuth, TAOCP 2, 3.3.4
 * (MMIX). */
static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

/* The difference of two uniform numbers is TPDF dither, two steps wide: the error's mean and
 * variance then do not depend on the signal. From: Lipshitz, Wannamaker & Vanderkooy 1992. */
int quantise(struct quantiser *quantiser, float sample)
{
    const double steps = (double)(UINT64_C(1) << (quantiser->bits - 1));
    const double unit = (double)(UINT64_C(1) << (32 - quantiser->bits));
    double value = (double)sample * steps;

    if (quantiser->dither)
        value += uniform(&quantiser->random) - uniform(&quantiser->random);
    value = fmin(fmax(rint(value), -steps), steps - 1.0);
    return (int)(value * unit);
}
