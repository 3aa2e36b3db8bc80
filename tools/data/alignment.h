/** @file
 *  How a pair's target lies against its input: the delay, which is compensated, and the polarity,
 *  which is reported only. */
#ifndef TONECELL_ALIGNMENT_H
#define TONECELL_ALIGNMENT_H

#include "data/recordings.h"

#include <stdbool.h>

/** Set delay and polarity of a pair, from what the rows use of it, and report the delay if a row
 *  takes it from here.
 *
 *  align  whether a delay is measured; the polarity always is
 *  delay  the delay that was given, which is not measured then; NAN = none */
enum tc_status alignment_find(struct recording_pair *pair, bool align, double delay,
                              struct tc_error *error);

/** Warn if some pairs are inverted and others are not. */
void alignment_check_polarity(const struct recordings *recordings);

#endif
