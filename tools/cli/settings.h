/** @file
 *  Options in a file (--settings), and the options in force as such a file (--print-settings).
 *
 *  A file is at most 64 KiB long and has one of two forms. Options have their long names, in which
 *  an underscore counts as a dash; flags are true or false.
 *
 *      # KEY=VALUE, one a line              {
 *      batch = 16                               "batch": 16,
 *      hidden = 32,16                           "hidden": [32, 16],
 *      resume = true                            "resume": true,
 *      knob-range = drive=0:10                  "knob_range": ["drive=0:10", "tone=0:1"]
 *      knob-range = tone=0:1                }
 *
 *  Empty lines and lines that start with # are left out, and so are blanks around the key and the
 *  value; a value that needs them is in quotes (settings_quote.h). The second form, one JSON
 *  object, is recognised by its brace. */
#ifndef TONECELL_SETTINGS_H
#define TONECELL_SETTINGS_H

#include "cli/options.h"

#include <stdio.h>

/** The rows of a command that reads and writes settings. */
#define SETTINGS_OPTIONS                                                                        \
    OPT_ROW(0, "settings", OPT_SETTINGS, 0, 0, 0, "FILE",                                       \
            "read options from a file; those of the command line override it", GROUP_GENERAL,   \
            EVERYDAY),                                                                          \
        OPT_ROW(0, "print-settings", OPT_PRINT_SETTINGS, 0, 0, 0, NULL,                         \
                "write the options in force, as --settings reads them, and end", GROUP_GENERAL, \
                EXPERT)

/** Read the file parsed->settings into the options. An option that was given on the command line
 *  keeps that value, and an OPT_REPEAT has the values of the command line, then those of the file.
 *  Sets parsed->given and parsed->texts. False after usage_error(): what is wrong, in which file
 *  and where. */
bool settings_read(const struct command *command, void *options, struct parsed *parsed);

/** Write a line KEY=VALUE for each option that was given, in the groups and the order of the help,
 *  and one that starts with # and has the default for each that was not. */
void settings_print(FILE *out, const struct command *command, const void *options,
                    const struct parsed *parsed);

#endif
