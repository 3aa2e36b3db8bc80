/** @file
 *  Gradient flow: the backward pass over a trajectory from its last frame t, and how large the
 *  derivatives of the output y_t and of the state s_t by earlier states s_k are. */
#ifndef TC_FLOW_H
#define TC_FLOW_H

#include "train/diagnose/trajectory.h"

enum { TC_LAGS = 160 }; /* the most that tc_lags() returns, for any size_t */

/** Choose lags 0, 1, 2, ..., in steps of a quarter octave in the end, up to `most` frames, which is
 *  the last. Returns their number. */
size_t tc_lags(size_t most, size_t lag[TC_LAGS]);

/** Curves over the lags at one position, as described in struct tc_diagnosis. */
struct tc_flow {
    double *jacobian, *gradient;                   /* [lags] */
    double *dh[TC_MAX_LAYERS], *dc[TC_MAX_LAYERS]; /* [lags]; dc is 0 for cells without c */
    double memory;                                 /* frames; INFINITY: longer than all */
};

/** Measure the flow along a trajectory that tc_trajectory_run() has filled; the last of the lags is
 *  frames - 1. Norms of ds_t / ds_k are measured up to norm_lag, and NAN beyond.
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_flow_measure(struct tc_flow *flow, struct tc_jacobian_network *network,
                               const struct tc_trajectory *trajectory, const size_t *lag,
                               size_t lags, size_t norm_lag);

#endif
