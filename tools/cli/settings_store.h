/** @file
 *  One setting after the other from a file into the options: what both forms of the file share. */
#ifndef TONECELL_SETTINGS_STORE_H
#define TONECELL_SETTINGS_STORE_H

#include "cli/options.h"

/** The file that is read, and where its settings go. */
struct settings {
    const struct command *command;
    void *options;
    struct parsed *parsed;
    unsigned line; /* being read, from 1; 0: the settings are not in lines */
};

/** The row of a key, and its index in *row. NULL after settings_fail(): there is none, it is no
 *  setting, or it was in the file before and is no OPT_REPEAT. */
const struct opt *settings_find(const struct settings *settings, const char *key, size_t *row);

/** Store a value, which is text as on the command line, "true" or "false" for a flag. It must live
 *  as long as the options if the row is of texts. False after settings_fail(). */
bool settings_store(struct settings *settings, size_t row, const char *text);

/** usage_error() with the file and the line before the message. Returns false. */
bool settings_fail(const struct settings *settings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
