/** @file
 *  How the targets lie against their inputs: delay and drift, which are compensated, and the
 *  polarity, which is reported. */
#ifndef TONECELL_ALIGNMENT_H
#define TONECELL_ALIGNMENT_H

#include "cli/given.h"
#include "cli/options.h"
#include "data/recordings.h"

#include <stdbool.h>

/** The word of --polarity. */
enum polarity { POLARITY_NORMAL, POLARITY_INVERTED, POLARITY_AUTO };

/** Options of the commands that take recordings. */
struct alignment_options {
    double delay; /* frames of the input file by which all targets are late */
    int polarity; /* enum polarity */
    bool no_align;
};

#define ALIGNMENT_DEFAULTS                                    \
    {                                                         \
        .delay = REAL_NOT_GIVEN, .polarity = CHOICE_NOT_GIVEN \
    }

/* clang-format off */
#define ALIGNMENT_OPTIONS(offset, not_given)                                                       \
    OPT_ROW(0, "delay", OPT_REAL, (offset) + offsetof(struct alignment_options, delay), -1e7, 1e7, \
            "FRAMES", "delay of WET against DRY, negative if WET is early [" not_given "]",        \
            GROUP_DATA, EXPERT),                                                                   \
    OPT_ROW(0, "polarity", OPT_CHOICE, (offset) + offsetof(struct alignment_options, polarity),    \
            0, 0, "normal|inverted|auto",                                                          \
            "polarity of WET against DRY [auto: measured with the delay]", GROUP_DATA, EXPERT),    \
    OPT_ROW(0, "no-align", OPT_FLAG, (offset) + offsetof(struct alignment_options, no_align),      \
            0, 0, NULL,                                                                            \
            "do not measure the delay between the recordings, nor whether their clocks drift",     \
            GROUP_DATA, EXPERT)
/* clang-format on */

/** Refuse options that contradict each other: NULL, or what is wrong. */
const char *alignment_options_check(const struct alignment_options *options);

/** Set delay, drift and polarity of all pairs, from what the rows use of them, and report them
 *  where a row takes its delay from here.
 *
 *  All recordings are taken to be of one device with one delay, unless it is certain that one
 *  differs.
 *
 *  model_delay_s  the delay, seconds, of the recordings that a model was trained on; NAN: none */
enum tc_status alignment_find(struct recordings *recordings,
                              const struct alignment_options *options, double model_delay_s,
                              struct tc_error *error);

/** Warn if some pairs are inverted and others are not. */
void alignment_check_polarity(struct recordings *recordings);

#endif
