/** @file
 *  A model at rest: how it comes to rest on silence, and what its output is there. */
#ifndef TC_REST_H
#define TC_REST_H

#include "tonecell-health.h"

/** Measure all fields of a health from silence_s to burst_peak.
 *
 *  knob      [knobs]
 *  n_frames  of silence, at least 1; the burst comes before them
 *
 *  Errors: TC_NO_MEMORY. */
enum tc_status tc_rest_measure(const struct tc_model *model, const float *knob, double rate_hz,
                               size_t n_frames, struct tc_health *health);

#endif
