/** @file
 *  A control signal: the second channel of every DRY is not recorded sound, but what steers the
 *  device, such as the LFO of a flanger or the key of a compressor. */
#ifndef TONECELL_CONTROL_H
#define TONECELL_CONTROL_H

#include "cli/options.h"
#include "tonecell.h"

/** The option of the commands that take recordings to learn from: a const char *. */
#define CONTROL_OPTION(offset)                                                                     \
    OPT_ROW(0, "control", OPT_TEXT, offset, 0, 0, "NAME[=audio|knob]",                             \
            "the second channel of every DRY is a control signal of this name, such as an LFO or " \
            "a key: a second audio input of the model, or a knob [audio]",                         \
            GROUP_DATA, EVERYDAY)

struct control {
    char name[TC_KNOB_SIZE]; /* empty: there is none */
    bool is_knob;            /* else an audio input */
};

/** Parse the option (NULL: none). Returns 0, or 2 after usage_error(). */
int control_parse(const struct command *self, const char *option, struct control *control);

#endif
