/** @file
 *  How far a model that was written in another format is from the original. */
#ifndef TONECELL_CONVERSION_ERROR_H
#define TONECELL_CONVERSION_ERROR_H

#include "tonecell.h"

/** The largest differences of an output sample (full scale is 1). */
struct conversion_error {
    double silence; /* in a second of silence, from the initial states of both */
    double noise;   /* in a second of noise after it */
};

/** Play both models, each knob at the same fraction of its range. Errors: TC_NO_MEMORY. */
enum tc_status conversion_error_measure(const struct tc_model *model,
                                        const struct tc_model *converted,
                                        struct conversion_error *difference,
                                        struct tc_error *error);

#endif
