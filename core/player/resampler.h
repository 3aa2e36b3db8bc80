/** @file
 *  A converter for hosts of another rate than the model's, and for oversampling: a rate filter
 *  before the model, and one after it, which is late by no fraction of a frame. */
#ifndef TC_RESAMPLER_H
#define TC_RESAMPLER_H

#include "player/converter.h"
#include "player/rate_filter.h"

struct tc_resampler_setting {
    unsigned inputs, outputs; /* of a channel */
    unsigned channels;
    double host_rate_hz, model_rate_hz; /* the latter before oversampling */
    unsigned oversampling;              /* 1, 2, 4, ... */
};

struct tc_resampler {
    struct tc_converter base;
    struct tc_resampler_setting setting;
    struct tc_rate_filter to_model, to_host;

    /* With oversampling, the signals at the high rate: what to_model gave and does not fill a frame
     * of the model, then its new frames; what to_host takes. */
    float **high_in, **high_out; /* [channels * inputs], [channels * outputs] */
    size_t waiting;              /* at the start of high_in, fewer than oversampling */

    float *memory;
    float **pointers;
};

/** Rates are taken as fractions of each other with an error of at most 1e-9. Errors: TC_NO_MEMORY.
 *  */
enum tc_status tc_resampler_new(struct tc_resampler **resampler,
                                const struct tc_resampler_setting *setting, struct tc_error *error);

/** Free it (NULL allowed). */
void tc_resampler_free(struct tc_resampler *resampler);

#endif
