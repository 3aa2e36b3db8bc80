/** @file
 *  Compares an activation with the exact one at floats of every magnitude, or at all of them. */
#ifndef ACTIVATION_SCAN_H
#define ACTIVATION_SCAN_H

#include "tonecell.h"

/** Values per call. */
enum { SCAN_VALUES = 1024 };

/** The function under test, and its bounds. */
struct scanned {
    const char *name;
    enum tc_activation activation; /* TC_TANH or TC_LOGISTIC */
    double error;                  /* at most, absolute */
    double beyond;                 /* at most, outside of its range */
    double fall;                   /* below the highest value so far, at rising inputs */

    /** out = activation(in), SCAN_VALUES of each: all finite, or none. */
    void (*activate)(void *self, const float *in, float *out);
    void *self;
};

/** Fail unless the bounds are met, NaN stays NaN, tanh is odd to the bit, and the value at 0 is
 *  exactly 0 or 1/2. Tests both signs of both ends of every binade and of some floats between; of
 *  every n-th, if the environment variable SCAN_STRIDE is n. With 1 these are all 2^32. */
void scan_activation(const struct scanned *scanned);

#endif
