/** @file
 *  How much of a target a linear filter explains. */
#ifndef TONECELL_LINEAR_SHARE_H
#define TONECELL_LINEAR_SHARE_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

struct linear_share {
    double fir_esr, gain_esr; /* of a filter of 128 taps, and of one gain, at most 1, which is what
                                 silence has; NAN: too short, or the target is silent */
};

/** Fit on every second second, and score on the others. Errors: TC_NO_MEMORY. */
enum tc_status linear_share_measure(const struct aligned_pair *pair, struct linear_share *share,
                                    struct tc_error *error);

#endif
