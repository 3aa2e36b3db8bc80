/** @file
 *  Whether the sample rate in a header is wrong. */
#ifndef TONECELL_TRUE_RATE_H
#define TONECELL_TRUE_RATE_H

#include "audio/audio.h"

struct true_rate {
    double ratio; /* true rate of the target / that of its header; 1: nothing better was found */
};

/** Try usual mistakes (44.1 for 48 kHz and the like, half or double the rate), on the first half
 *  minute of two recordings that do not fit each other as they are. Takes some seconds. Errors:
 *  TC_NO_MEMORY. */
enum tc_status true_rate_find(const struct audio *input, const struct audio *target,
                              struct true_rate *found, struct tc_error *error);

#endif
