/** @file
 *  What is found in recordings by themselves, and in pairs of them. */
#ifndef TONECELL_RECORDING_FINDINGS_H
#define TONECELL_RECORDING_FINDINGS_H

#include "data/manifest.h"
#include "data/recordings.h"

/** Report a header that states less than there is, and a target that is compressed with loss. */
void recording_report(const struct recording *file, struct findings *findings);

/** Report that all pairs together are too short to train on. */
void recordings_report_length(struct recordings *recordings);

/** Measure and report the faults of a pair whose delay is known; for an unclear one, whether the
 *  rate in a header is wrong, or frames are missing.
 *
 *  row       the first one of the pair
 *  thorough  look for missing frames in any case, not only where something points to it
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status recording_pair_measure(struct recording_pair *pair, const struct manifest_row *row,
                                      bool thorough, struct findings *findings,
                                      struct tc_error *error);

#endif
