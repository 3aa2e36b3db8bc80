#include "audio/quantise.h"

#include <math.h>

/* The next of a stream of numbers, even in [0, 1). From: Knuth, TAOCP 2, 3.3.4 (MMIX). */
static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

/* Two even numbers make the triangular dither of two steps that leaves no distortion and no change
 * of the noise with the signal. From: Lipshitz, Wannamaker & Vanderkooy 1992. */
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
