/** @file
 *  Compares an activation with the exact one at floats of every magnitude, or at all of them. */
#ifndef ACTIVATION_SCAN_H
#define ACTIVATION_SCAN_H

#include "tonecell.h"

/** Values at once. */
enum { SCAN_VALUES = 1024 };

/** What is scanned, and what it promises. */
struct scanned {
    const char *name;
    enum tc_activation activation; /* TC_TANH or TC_LOGISTIC */
    double error;                  /* at most, absolute */
    double beyond;                 /* by how much it may leave its range */
    double fall;                   /* below the highest value so far, at rising inputs */

    /** out = activation(in), SCAN_VALUES of each: all finite, or none. */
    void (*activate)(void *self, const float *in, float *out);
    void *self;
};

/** Fail unless the promises hold, NaN stays NaN, tanh is odd to the bit, and the value at 0 is
 *  exactly 0 or 1/2. Tries both signs of both ends of every binade and of some floats between; of
 *  every n-th, if the environment variable SCAN_STRIDE is n. 1 stands for all 2^32. */
void scan_activation(const struct scanned *scanned);

#endif
