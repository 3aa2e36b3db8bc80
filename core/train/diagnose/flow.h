/** @file
 *  Back through a stretch of signal, from its last frame t: how much of a change at frame k
 *  arrives. */
#ifndef TC_FLOW_H
#define TC_FLOW_H

#include "train/diagnose/survey.h"

enum { TC_LAGS = 160 }; /* as many as tc_lags() can make of any size_t */

/** Lags 0, 1, 2, ... that grow by steps of a quarter octave at last, up to `most`. Returns how many
 *  there are. */
size_t tc_lags(size_t most, size_t lag[TC_LAGS]);

/** Curves over the lags, as struct tc_diagnosis has them, at one position. */
struct tc_flow {
    double *jacobian, *gradient;                   /* [lags] */
    double *dh[TC_MAX_LAYERS], *dc[TC_MAX_LAYERS]; /* [lags]; dc is 0 for cells without c */
    double memory;
};

/** Measure the flow in a stretch that tc_survey_stretch() went through; the last of the lags is
 *  frames - 1. Norms of ds_t / ds_k are measured up to norm_lag. Errors: TC_NO_MEMORY. */
enum tc_status tc_flow_measure(struct tc_flow *flow, struct tc_jacobian_network *exact,
                               const struct tc_stretch *stretch, const size_t *lag, size_t lags,
                               size_t norm_lag);

#endif
