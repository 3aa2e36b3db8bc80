/** @file
 *  How a model plays at another rate than its own, and how often oversampled, from the options of
 *  process and eval. */
#ifndef TONECELL_RATE_CHOICE_H
#define TONECELL_RATE_CHOICE_H

#include "cli/options.h"
#include "tonecell.h"

struct rate_choice {
    int rate;       /* as tc_controls.rate */
    int oversample; /* as tc_controls.oversampling */
    bool no_resample;
};

#define RATE_CHOICE_OPTIONS(offset)                                                                \
    OPT_ROW(0, "rate", OPT_CHOICE, (offset) + offsetof(struct rate_choice, rate), 0, 0,            \
            "auto|resample|delay",                                                                 \
            "for files of another sample rate than the model's: convert to its rate and back, "    \
            "or run it at theirs with its states delayed, which takes no latency but is less "     \
            "exact, where that is stable and at most -60 dB off [auto, which is resample]",        \
            GROUP_PROCESSING, EXPERT),                                                             \
        OPT_ROW(0, "oversample", OPT_CHOICE, (offset) + offsetof(struct rate_choice, oversample),  \
                0, 0, "1|2|4", "run the model at so many times its rate, for less aliasing [1]",   \
                GROUP_PROCESSING, EVERYDAY),                                                       \
        OPT_ROW(0, "no-resample", OPT_FLAG, (offset) + offsetof(struct rate_choice, no_resample),  \
                0, 0, NULL,                                                                        \
                "refuse files of another sample rate than the model's instead of converting them", \
                GROUP_PROCESSING, EXPERT)

/** Is a delay of the states wanted? */
static inline bool rate_choice_delays(const struct rate_choice *choice)
{
    return choice->rate == 2;
}

/** Set the controls of a choice, and find the model's eigenvalues where it needs them. Errors: as
 *  tc_find_eigenvalues(). */
enum tc_status rate_choice_apply(const struct rate_choice *choice, struct tc_model *model,
                                 struct tc_controls *controls, struct tc_error *error);

/** Say what becomes of audio of another rate than the model's, which may only be assumed. */
void rate_choice_report(const struct rate_choice *choice, const struct tc_model *model,
                        bool rate_assumed, const char *name, double rate_hz);

#endif
