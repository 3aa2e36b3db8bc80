/** @file
 *  Checks for any fixture of a kernel. */
#ifndef STEP_CHECKS_H
#define STEP_CHECKS_H

#include "kernel_fixture.h"

/** Run frame t and compare it with exact_step.h. */
void check_frame(const struct kernel_fixture *fixture, size_t t, bool saturated);

/** 8 frames of several channels at once are bit-identical to each channel alone in smaller blocks.
 */
void check_channels(const struct tc_kernels *k, const struct tc_layer_weights *weights,
                    size_t channels);

#endif
