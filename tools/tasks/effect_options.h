/** @file
 *  The options of the task "effect" (effect.h). */
#ifndef TONECELL_EFFECT_OPTIONS_H
#define TONECELL_EFFECT_OPTIONS_H

#include "cli/given.h"
#include "cli/options.h"
#include "data/alignment.h"
#include "data/channels.h"
#include "data/ignored_frames.h"

struct effect_options {
    struct text_list knob_ranges;
    const char *control; /* of control_parse() */
    int channel;         /* enum channel_choice */
    double sample_rate_hz;
    struct alignment_options alignment;
    bool no_resample, ignore_faults;
    int clipping; /* enum clipping */
};

#define EFFECT_DEFAULTS                                                \
    {                                                                  \
        .channel = CHANNEL_AUTOMATIC, .alignment = ALIGNMENT_DEFAULTS, \
        .sample_rate_hz = REAL_NOT_GIVEN,                              \
    }

extern const struct opt_table effect_option_table;

#endif
