/** @file
 *  Whether two recordings may have been given in the wrong order: gear compresses and clips, hardly
 *  any does the opposite. */
#ifndef TONECELL_DIRECTION_H
#define TONECELL_DIRECTION_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

#include <stdbool.h>

struct direction {
    double slope; /* dB of the target for each dB of the input: the ratio of the standard deviations
                     of their levels over the louder 30 dB; NAN: less than a second of these */
    bool swapped; /* it is above 1.15; with tapes, compressors, distortions it was 0.08 to 1.03 */
};

/** Measure, with levels of 20 ms. Errors: TC_NO_MEMORY. */
enum tc_status direction_measure(const struct aligned_pair *pair, struct direction *direction,
                                 struct tc_error *error);

#endif
