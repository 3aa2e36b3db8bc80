/** @file
 *  Hum of the mains in a recording. */
#ifndef TONECELL_HUM_H
#define TONECELL_HUM_H

#include "checks/aligned_pair.h"
#include "tonecell.h"

struct hum {
    double mains_hz; /* 50 or 60; 0: there is none, or the recording is too short */
    double power;    /* of its lines together, mean square */
};

/** Find lines at multiples of 50 or 60 Hz that stand out in the target, but not in the input, where
 *  the input is softest: in a tenth of all segments, at least two.
 *
 *      P(f) = mean over segments |sum_n w[n] y[n] exp(-2 pi i f n / rate)|^2     w: Hann, 0.5 s
 *
 *  There is hum where the P of at least three multiples is ten times that between them, and four
 *  times as far above it as in the input. Errors: TC_NO_MEMORY.
 *  From: Welch 1967 (averaged periodograms). */
enum tc_status hum_find(const struct aligned_pair *pair, struct hum *hum, struct tc_error *error);

#endif
