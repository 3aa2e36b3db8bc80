/** @file
 *  Forward through a stretch of signal: what is seen on the way, and what is needed to go back. */
#ifndef TC_SURVEY_H
#define TC_SURVEY_H

#include "train/diagnose/lyapunov.h"
#include "train/exact/network_jacobian.h"

/** Consecutive frames of a signal. */
struct tc_stretch {
    size_t frames;
    double *input; /* (frames, inputs) as the network hears it */
    double *state; /* (frames, n) before each frame; the first is given */
};

/** What is gathered from stretch to stretch; zeros at first. */
struct tc_survey {
    struct tc_lyapunov lyapunov;
    double step_bound; /* of the norms of all Jacobians met */
    size_t frames;
    double low[TC_MAX_LAYERS][TC_MAX_GATES], high[TC_MAX_LAYERS][TC_MAX_GATES]; /* counts */
    double *jacobian, *sums; /* scratch (n, n) and (2 n) */
};

/** Go through a stretch and fill its states. Errors: TC_NO_MEMORY, TC_BAD_VALUE if the state is not
 *  finite after frame *bad. */
enum tc_status tc_survey_stretch(struct tc_survey *survey, struct tc_jacobian_network *exact,
                                 const struct tc_stretch *stretch, size_t *bad);

#endif
