/** @file
 *  Timing of a player of one channel that plays noise. */
#ifndef TONECELL_TIMED_PLAYER_H
#define TONECELL_TIMED_PLAYER_H

#include "tonecell.h"

struct player_time {
    double ns_per_sample; /* of the host */
    unsigned latency_frames;
};

/** Time a player at a host's rate, its knobs at their initial values: the best of several short
 *  runs.
 *
 *  rate, oversampling  as in struct tc_controls
 *
 *  Errors: as tc_player_new_with(). */
enum tc_status timed_player_measure(const struct tc_model *model, double rate_hz,
                                    enum tc_precision precision, float rate, float oversampling,
                                    struct player_time *time, struct tc_error *error);

#endif
