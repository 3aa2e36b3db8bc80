/** @file
 *  What holds of any trial of a kernel. */
#ifndef TRIAL_CHECKS_H
#define TRIAL_CHECKS_H

#include "kernel_trial.h"

/** Run frame t and compare it with exact_step.h. */
void check_frame(const struct trial *trial, size_t t, bool saturated);

/** 8 frames of several lanes at once are what each lane gives alone, and cut into runs. */
void check_lanes(const struct tc_kernels *k, const struct tc_layer_weights *weights, size_t lanes);

#endif
