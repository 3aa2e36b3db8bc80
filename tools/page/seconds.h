/** @file
 *  The score of each second of the signals that a model is scored on. */
#ifndef TONECELL_SECONDS_H
#define TONECELL_SECONDS_H

#include "report/scored_signals.h"

/** Seconds whose target is this far below the mean, as a ratio of powers, have no ESR: what is left
 *  of a sound, or noise. */
#define QUIET_SECOND 1e-4

struct second {
    size_t first, n_frames; /* among the signals */
    double esr;             /* NAN: the target is too quiet, or nothing of it counts */
    double target_power;
};

struct seconds {
    size_t n;
    struct second *second;
    size_t n_scored;            /* those with an ESR */
    size_t best, median, worst; /* among them; not set if there are none */
};

/** Score each second, and what is left at the end if it is half a second or all there is.
 *  seconds_free() in the case of success. Errors: TC_NO_MEMORY. */
enum tc_status seconds_score(struct seconds *seconds, const struct scored_signals *signals,
                             struct tc_error *error);

void seconds_free(struct seconds *seconds);

#endif
