/** @file
 *  Random numbers that are the same for the same seed: on every machine but for the normal ones,
 *  which are as exact as the machine's log and cos. */
#ifndef TC_RANDOM_H
#define TC_RANDOM_H

#include <math.h>
#include <stdint.h>

struct tc_random {
    uint64_t state;
};

/** The next 64 random bits. From: Steele, Lea & Flood 2014 (SplitMix64). */
static inline uint64_t tc_random_bits(struct tc_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/** Uniform in (0, 1). */
static inline double tc_random_uniform(struct tc_random *random)
{
    return ((double)(tc_random_bits(random) >> 11) + 0.5) * 0x1p-53;
}

/** Standard normal, by Box and Muller's transform. */
static inline double tc_random_normal(struct tc_random *random)
{
    const double radius = sqrt(-2.0 * log(tc_random_uniform(random)));

    return radius * cos(2.0 * 3.14159265358979323846 * tc_random_uniform(random));
}

/** Uniform in 0 .. n - 1; n >= 1. The bias of n / 2^64 is of no account here. */
static inline uint64_t tc_random_below(struct tc_random *random, uint64_t n)
{
    return tc_random_bits(random) % n;
}

#endif
