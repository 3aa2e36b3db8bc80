/** @file
 *  A recurrence whose state is fed back later, or earlier, than by one frame, so that a network
 *  trained at one sample rate runs at another:
 *
 *      h[t] = f(x[t], h[t - d]),     d = the rate now / the rate of training
 *      h[t - d] = sum_k l_k h[t - k],    l_k = product over m != k of (d - m) / (k - m)
 *
 *  k and m go over `taps` neighbouring frames, which are all in the past: Lagrange interpolation,
 *  or extrapolation with d below 1. The same for c of an LSTM. From: Carson, Wright, Chowdhury,
 *  Valimaki & Bilbao 2024 (Sample rate independent recurrent neural networks for audio effects
 *  processing); Laakso, Valimaki, Karjalainen & Laine 1996 (the weights). */
#ifndef TC_RECURRENCE_DELAY_H
#define TC_RECURRENCE_DELAY_H

#include "tonecell.h"

/** The most frames by which a state can be fed back. */
enum { TC_MAX_RECURRENCE_DELAY = 32, TC_DELAY_TAPS = 4 };

struct tc_recurrence_delay {
    unsigned taps;  /* 1 (a whole number of frames), 2 (linear) or 4 (cubic); 0: no delay at all */
    unsigned first; /* the weights are of h[t - first], h[t - first - 1], ... */
    float weight[TC_DELAY_TAPS];
};

/** Frames of the past that are read. */
static inline unsigned tc_recurrence_delay_frames(const struct tc_recurrence_delay *delay)
{
    return delay->taps ? delay->first + delay->taps - 1 : 0;
}

/** A delay of `frames`, above 0, at most TC_MAX_RECURRENCE_DELAY, by 2 or 4 taps; by one where
 *  that is a whole number. */
struct tc_recurrence_delay tc_recurrence_delay_of(double frames, unsigned taps);

#endif
