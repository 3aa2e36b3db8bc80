/** @file
 *  The --knob NAME=VALUE options of the commands that play a model. */
#ifndef TONECELL_KNOBS_H
#define TONECELL_KNOBS_H

#include "cli/options.h"
#include "tonecell.h"

/** The option: a struct text_list. `otherwise`: the values of knobs that are not given. */
#define KNOB_OPTION(offset, otherwise)                                                          \
    OPT_ROW('k', "knob", OPT_REPEAT, offset, 0, 0, "NAME=VALUE",                                \
            "set a knob of the model, in its unit; may be given several times [" otherwise "]", \
            GROUP_MODEL, EVERYDAY)

/** Set the knobs that the options name, in the knobs' own units; the others keep their value. Upper
 *  and lower case are the same. Returns 0, or 2 after usage_error(), which lists the model's knobs.
 */
int knobs_set(const struct command *self, const struct text_list *options,
              const struct tc_model *model, float knob[TC_MAX_KNOBS]);

/** Whether one of these options, which are right, names a knob. */
bool knobs_name(const struct text_list *options, const struct tc_model *model, unsigned knob);

#endif
