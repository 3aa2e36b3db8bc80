/** @file
 *  How long a model's outputs take to settle on silence. */
#ifndef TONECELL_SETTLING_H
#define TONECELL_SETTLING_H

#include "tonecell.h"

/** Outputs are settled while they stay within this of their final value (-60 dB). */
#define SETTLED_WITHIN 1e-3

/** Seconds until the outputs are settled on silence; NAN if that takes two seconds or more. */
struct settling {
    double start_s; /* from the model's initial state */
    double burst_s; /* after a tenth of a second of noise at full scale */
};

/** Play a model, its knobs at their initial values. Errors: TC_NO_MEMORY. */
enum tc_status settling_measure(const struct tc_model *model, double rate_hz,
                                struct settling *settling, struct tc_error *error);

#endif
