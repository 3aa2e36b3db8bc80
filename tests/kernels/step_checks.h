/** @file
 *  What holds of any trial of a kernel. */
#ifndef TRIAL_CHECKS_H
#define TRIAL_CHECKS_H

#include "kernel_trial.h"

/** Run frame t and compare it with exact_step.h. */
void check_frame(const struct trial *trial, size_t t, bool saturated);

/** 8 frames of several channels at once are what each channel gives alone, and cut into runs. */
void check_channels(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                    size_t channels);

#endif
