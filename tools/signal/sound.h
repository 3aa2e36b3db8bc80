/** @file
 *  A stretch of mono sound in memory, full scale 1, and what every generator needs: parts, fades,
 *  levels, random numbers. Nothing here fails. Threads: as many as there are generators. */
#ifndef TONECELL_SOUND_H
#define TONECELL_SOUND_H

#include "train/data/random.h"

#include <stdbool.h>
#include <stddef.h>

/** Samples that somebody else owns. Those who add to it find zeros, or other sound. */
struct sound {
    float *samples; /* [n_frames] */
    size_t n_frames;
    double rate_hz;
};

/** What sounds are made with. */
struct generator {
    struct tc_random random;
    float *scratch; /* as many samples as the longest sound that is made */
};

/** The loudest that anything gets, in dB of full scale (true peak). */
#define SOUND_LOUDEST_DB (-1.0)

double sound_seconds(const struct sound *sound);

/** From `start_s` on, `length_s` long; less, or nothing, at the end of the whole. */
struct sound sound_part(const struct sound *whole, double start_s, double length_s);

/** Uniform in (low, high). */
double generator_between(struct generator *generator, double low, double high);

/** Factor of a level in dB. */
double sound_gain(double level_db);

/** Half a period of a cosine from 0 at t = 0 to 1 at t = 1; the ends beyond. */
double sound_ramp(double t);

/** Begin and end with zero, over so many seconds or a quarter of the sound, whatever is less. */
void sound_fade(const struct sound *sound, double in_s, double out_s);

/** Scale to a true peak; silence stays silence. */
void sound_set_level(const struct sound *sound, double level_db);

/** Two poles, one after the other:  y = y + c (x - y),  c = 1 - exp(-2 pi f / rate). */
void sound_low_pass(const struct sound *sound, double cutoff_hz);

#endif
