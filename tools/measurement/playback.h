/** @file
 *  A player with buffers of its own, for measurements of one channel. */
#ifndef TONECELL_PLAYBACK_H
#define TONECELL_PLAYBACK_H

#include "tonecell.h"

enum { PLAYBACK_FRAMES = 1024 };

/** The caller sets `player`, which stays the caller's. */
struct playback {
    struct tc_player *player;
    struct tc_controls controls; /* neutral, knobs at their initial values */
    float samples[2 * TC_MAX_AUDIO][PLAYBACK_FRAMES];
    const float *in[TC_MAX_AUDIO]; /* silent at first */
    float *out[TC_MAX_AUDIO];
};

/** For players of a model. NULL without memory; else for free(). */
struct playback *playback_new(const struct tc_model *model);

/** Noise as input from here on. */
void playback_set_noise(struct playback *playback, unsigned inputs);

/** Play PLAYBACK_FRAMES; returns the seconds that it took. */
double playback_play_s(struct playback *playback);

#endif
