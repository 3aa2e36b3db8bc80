/** @file
 *  What was undone of a recording's delay over time, in JSON: the same in a model's record and in
 *  the results of eval and doctor. */
#ifndef TONECELL_ALIGNMENT_JSON_H
#define TONECELL_ALIGNMENT_JSON_H

#include "data/recordings.h"

#include <jansson.h>

/** Add what there is: "drift_ppm": number, and "flutter": {"rms_frames", "peak_frames",
 *  "rate_hz"}. */
void alignment_add_json(json_t *object, const struct recording_pair *pair);

#endif
