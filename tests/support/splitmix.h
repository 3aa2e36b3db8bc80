/** @file
 *  Repeatable random numbers: splitmix64 (Steele, Lea & Flood 2014). */
#ifndef SUPPORT_SPLITMIX_H
#define SUPPORT_SPLITMIX_H

#include <stddef.h>
#include <stdint.h>

/** Set `state` to a seed, of any value. */
struct support_random {
    uint64_t state;
};

/** 64 random bits. */
uint64_t support_bits(struct support_random *random);

/** Uniform in low to high. */
float support_uniform(struct support_random *random, float low, float high);

/** n values, each as support_uniform(). */
void support_fill(struct support_random *random, float *values, size_t n, float low, float high);

/** n values uniform in -1 to 1, for the caller to free. */
double *support_random_doubles(struct support_random *random, size_t n);

#endif
