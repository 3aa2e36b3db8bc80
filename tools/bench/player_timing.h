/** @file
 *  What `tonecell bench` measures of players: the cost of another sample rate and of oversampling,
 *  beside that of the model at its own rate. */
#ifndef TONECELL_PLAYER_TIMING_H
#define TONECELL_PLAYER_TIMING_H

#include "bench/timed_player.h"

#include <stdbool.h>

enum player_setting {
    PLAYER_OWN_RATE,
    PLAYER_RESAMPLED, /* in a session at another usual rate: 48 kHz, or 44.1 for a model of that */
    PLAYER_DELAYED,   /* there, by a delay of the states */
    PLAYER_OVERSAMPLED_2,
    PLAYER_OVERSAMPLED_4,
    PLAYER_SETTINGS
};

/** The words of --json: "own-rate", "resampled", "delayed", "oversampled-2", "oversampled-4". */
const char *player_setting_name(enum player_setting setting);

/** The best times of a player of one channel of a model. */
struct player_timing {
    const struct tc_model *model;
    double rate_hz[PLAYER_SETTINGS]; /* of the host; 0: this setting is not possible */
    struct player_time time[PLAYER_SETTINGS];
};

/** Choose what can be measured of a model; without a rate it counts as one of 48 kHz, which has
 *  nothing to convert. False if there is no player for it. */
bool player_timing_begin(struct player_timing *timing, const struct tc_model *model);

/** Measure, and keep the best of all times that this was called. Errors: as
 *  timed_player_measure(). */
enum tc_status player_timing_measure(struct player_timing *timing, enum tc_precision precision,
                                     struct tc_error *error);

/** Percentage of one core. */
double player_core_percent(const struct player_timing *timing, enum player_setting setting);

/** The cost for the same time of audio, in that of the model at its own rate. */
double player_times_own_rate(const struct player_timing *timing, enum player_setting setting);

#endif
