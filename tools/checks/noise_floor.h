/** @file
 *  The noise of a recording: what is in the target and does not come from the input. No model can
 *  learn it, so that its power is the lowest error that can be reached. */
#ifndef TONECELL_NOISE_FLOOR_H
#define TONECELL_NOISE_FLOOR_H

#include "checks/aligned_pair.h"
#include "data/levels.h"
#include "tonecell.h"

/** Measure the noise in pauses: parts in which the input is 40 dB below its loud parts, from
 *  `ring_s` after the signal on. A device at such a level is linear, so that a filter of 32 taps
 *  removes what it makes of the input's own noise.
 *
 *  levels  of the pair, in blocks of about 10 ms
 *  power   the noise's mean square, without an offset; NAN if there is no quarter of a second of
 *         pauses
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status noise_floor_measure(const struct aligned_pair *pair, const struct levels *levels,
                                   double ring_s, double *power, struct tc_error *error);

#endif
