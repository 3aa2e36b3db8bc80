/** @file
 *  Recordings of devices, drawn at random: music as a player might record it, through one of three
 *  kinds of gear, late, by clocks that drift or tapes that wander, with noise and pops. */
#ifndef MADE_UP_PAIR_H
#define MADE_UP_PAIR_H

#include "tests/support/support.h"

enum gear { GEAR_FILTER, GEAR_OVERDRIVE, GEAR_COMPRESSOR, N_GEAR };

enum { WANDER_SINES = 8 };

struct pair_limits {
    double seconds_from, seconds_to;
    double max_delay; /* frames either way, at most 0.6 of the length */
    double max_drift_ppm;
    double min_wander_hz, max_wander_hz, max_wander; /* frames RMS, from half of it; 0: none */
};

struct made_up_pair {
    enum gear gear;
    size_t n_frames; /* of input and target */
    float *input, *target;
    double delay; /* frames, at the input's first */
    double drift_ppm, noise_db;
    bool inverted, pop;
    double wander; /* frames RMS: a sum of sines */
    double wander_hz[WANDER_SINES], wander_phase[WANDER_SINES];
};

/** Draw a pair at 44.1 kHz. The same seed gives the same. */
struct made_up_pair made_up_pair_new(uint64_t seed, const struct pair_limits *limits);
void made_up_pair_free(struct made_up_pair *pair);

/** By how much more than delay and drift the target is late at a frame of the input. */
double made_up_wander(const struct made_up_pair *pair, double frame);

/** Write what it is into text. */
const char *made_up_pair_name(const struct made_up_pair *pair, char text[128]);

#endif
