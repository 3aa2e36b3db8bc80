/** @file
 *  A converter for hosts of another rate than the model's: a rate filter before the model, and one
 *  after it, which is late by no fraction of a frame. */
#ifndef TC_RESAMPLER_H
#define TC_RESAMPLER_H

#include "player/converter.h"
#include "player/rate_filter.h"

struct tc_resampler {
    struct tc_converter base;
    unsigned inputs, outputs; /* of a channel */
    struct tc_rate_filter to_model, to_host;
    float *memory;
};

/** A resampler for `channels` of a model of a known rate, which is not rate_hz. Rates are taken as
 *  fractions of each other with an error of at most 1e-9. Errors: TC_NO_MEMORY. */
enum tc_status tc_resampler_new(struct tc_resampler **resampler, const struct tc_model *model,
                                unsigned channels, double rate_hz, struct tc_error *error);

/** Free it (NULL allowed). */
void tc_resampler_free(struct tc_resampler *resampler);

#endif
