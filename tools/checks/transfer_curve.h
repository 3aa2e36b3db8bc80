/** @file
 *  How a target grows with what a linear filter makes of the input: the bend of the device's
 *  transfer curve, whatever filters are before and behind it. */
#ifndef TONECELL_TRANSFER_CURVE_H
#define TONECELL_TRANSFER_CURVE_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

struct transfer_curve {
    double slope; /* dB of the target for each dB of the filter's output, by regression over 20 ms
                     levels of the louder 30 dB; NAN: less than a second of these */
    double loud; /* gain of the samples that are the loudest tenth of the filter's output by energy,
                     relative to that of the second quarter */
    double cubic; /* share of what the filter leaves that its output's cube explains */
};

/** Fit a filter of 128 taps, 32 of them ahead, to at most 30 pieces of a second, spread over the
 *  recording, and compare the target y with its output u there. Without its linear part the cube is
 *  c = u^3 - u sum u^4 / sum u^2, and
 *
 *      cubic = (sum (y - u) c)^2 / (sum c^2 sum (y - u)^2)
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status transfer_curve_measure(const struct aligned_pair *pair, struct transfer_curve *curve,
                                      struct tc_error *error);

#endif
