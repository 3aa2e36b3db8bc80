/** @file
 *  The options of the task "effect" (effect.h). */
#ifndef TONECELL_EFFECT_OPTIONS_H
#define TONECELL_EFFECT_OPTIONS_H

#include "cli/options.h"

#include <math.h>

struct effect_options {
    struct text_list knob_ranges;
    double delay; /* NAN: not given */
    bool no_align;
};

#define EFFECT_DEFAULTS      \
    {                        \
        .delay = (double)NAN \
    }

/** Their rows, for a table whose base is the struct effect_options. */
enum { N_EFFECT_OPTS = 3 };
extern const struct opt effect_opts[N_EFFECT_OPTS];

#endif
