/** @file
 *  Recordings of devices, drawn at random: music as a player might record it, through one of three
 *  kinds of gear, late, by clocks that drift, with noise and pops. */
#ifndef MADE_UP_PAIR_H
#define MADE_UP_PAIR_H

#include "tests/support/support.h"

enum gear { GEAR_FILTER, GEAR_OVERDRIVE, GEAR_COMPRESSOR, N_GEAR };

struct pair_limits {
    double seconds_from, seconds_to;
    double max_delay; /* frames either way, at most 0.6 of the length */
    double max_drift_ppm;
};

struct made_up_pair {
    enum gear gear;
    size_t n_frames; /* of input and target */
    float *input, *target;
    double delay; /* frames, at the input's first */
    double drift_ppm, noise_db;
    bool inverted, pop;
};

/** Draw a pair at 44.1 kHz. The same seed gives the same. */
struct made_up_pair made_up_pair_new(uint64_t seed, const struct pair_limits *limits);
void made_up_pair_free(struct made_up_pair *pair);

/** Write what it is into text. */
const char *made_up_pair_name(const struct made_up_pair *pair, char text[128]);

#endif
