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

/** The word of --flutter. */
enum flutter { FLUTTER_AUTO, FLUTTER_KEEP };

/** The word of --drift. */
enum drift { DRIFT_AUTO, DRIFT_KEEP };

/** Options of the commands that take recordings. */
struct alignment_options {
    double delay; /* frames of the input file by which all targets are late */
    int polarity; /* enum polarity */
    int drift;    /* enum drift */
    int flutter;  /* enum flutter */
    bool no_align;
};

#define ALIGNMENT_DEFAULTS                                                                \
    {                                                                                     \
        .delay = REAL_NOT_GIVEN, .polarity = CHOICE_NOT_GIVEN, .drift = CHOICE_NOT_GIVEN, \
        .flutter = CHOICE_NOT_GIVEN                                                       \
    }

/* clang-format off */
#define ALIGNMENT_OPTIONS(offset, not_given)                                                       \
    OPT_ROW(0, "delay", OPT_REAL, (offset) + offsetof(struct alignment_options, delay), -1e7, 1e7, \
            "FRAMES",                                                                              \
            "delay of WET against DRY at the start, negative if WET is early [" not_given "]",     \
            GROUP_DATA, EXPERT),                                                                   \
    OPT_ROW(0, "drift", OPT_CHOICE, (offset) + offsetof(struct alignment_options, drift), 0, 0,    \
            "auto|keep",                                                                           \
            "a clock of WET that is faster or slower [auto: measured and undone, from a given "    \
            "delay on, too]", GROUP_DATA, EXPERT),                                                 \
    OPT_ROW(0, "polarity", OPT_CHOICE, (offset) + offsetof(struct alignment_options, polarity),    \
            0, 0, "normal|inverted|auto",                                                          \
            "polarity of WET against DRY [auto: measured with the delay]", GROUP_DATA, EXPERT),    \
    OPT_ROW(0, "flutter", OPT_CHOICE, (offset) + offsetof(struct alignment_options, flutter), 0,   \
            0, "auto|keep",                                                                        \
            "a delay that wanders, as that of a tape does [auto: undone where this certainly "     \
            "helps]", GROUP_DATA, EXPERT),                                                         \
    OPT_ROW(0, "no-align", OPT_FLAG, (offset) + offsetof(struct alignment_options, no_align),      \
            0, 0, NULL,                                                                            \
            "do not measure the delay between the recordings, nor whether it drifts or wanders",   \
            GROUP_DATA, EXPERT)
/* clang-format on */

/** Refuse options that contradict each other: NULL, or what is wrong. */
const char *alignment_options_check(const struct alignment_options *options);

/** Of the recordings that a model was trained on. */
struct model_alignment {
    double delay_s;   /* NAN: not known */
    bool to_fraction; /* whether their delays were compensated to fractions of a frame */
};

/** Set delay, drift, wander and polarity of all pairs, from what the rows use of them, and report
 *  them where a row takes its delay from here.
 *
 *  All recordings are taken to be of one device with one delay, unless it is certain that one
 *  differs. Where one wanders, all are compensated to fractions of a frame, unless the model's were
 *  not. With a delay that is given, of all or of a pair's rows, only the drift is measured. */
enum tc_status alignment_find(struct recordings *recordings,
                              const struct alignment_options *options, struct model_alignment model,
                              struct tc_error *error);

/** Warn if some pairs are inverted and others are not. */
void alignment_check_polarity(struct recordings *recordings);

#endif
