/** @file
 *  How large a model's outputs become on signals at full scale. */
#ifndef TC_RESPONSE_H
#define TC_RESPONSE_H

#include "tonecell-health.h"

/** Measure impulse_peak, constant_peak and sine_peak of a health, in n_frames from the model's
 *  initial state. knob [knobs]. Errors: TC_NO_MEMORY. */
enum tc_status tc_response_measure(const struct tc_model *model, const float *knob, double rate_hz,
                                   size_t n_frames, struct tc_health *health);

#endif
