/** @file
 *  A running average of the weights. */
#ifndef TC_AVERAGE_H
#define TC_AVERAGE_H

#include "train/trainer.h"

/** Add the unconstrained vector w after an update to the average a, which begins with the first.
 *
 *      a += (1 - f) / (1 - f^t) (w - a)          t = 1, 2, ...
 *
 *  f is options.average. That is the mean of w over all updates so far, each weighted by f^(updates
 *  since), without the pull to zero of a running mean that starts there. Nothing without an
 *  average.
 *
 *  From: Polyak & Juditsky 1992; the correction of the start as in Kingma & Ba 2015. */
void tc_average_update(struct tc_trainer *trainer);

/** Forget all updates. */
void tc_average_reset(struct tc_trainer *trainer);

/** The averaged weights, laid out as state.best, with the parameters that constraints make of them:
 *  the mean of what a constrained matrix is computed from meets the constraint, that of the matrix
 *  itself would not. NULL without an average, or before the first update. */
const float *tc_average_parameters(struct tc_trainer *trainer);

#endif
