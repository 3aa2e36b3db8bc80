/** @file
 *  A table with an option of every type, and calls of the parser with it. */
#ifndef EVERY_OPTION_H
#define EVERY_OPTION_H

#include "tools/cli/options.h"

/** What the rows write to. */
struct fields {
    bool flag, other_flag;
    unsigned units;
    uint64_t frames;
    struct uint_list widths;
    double step_size, limit;
    const char *file, *title;
    int effort;
    struct text_list knobs;
};

enum { N_EVERY_OPTION = 13, UNITS_ROW = 2 };

/** Those of struct fields, then --settings and --print-settings. */
extern const struct opt every_option[N_EVERY_OPTION];

enum { MAX_WORDS = 80, MESSAGE_SIZE = 1024 };

/** One call of the parser: its arguments and results. */
struct call {
    char *argv[MAX_WORDS + 2];
    int argc;
    struct fields fields;
    struct parsed parsed;
    enum options_result result;
    char message[MESSAGE_SIZE]; /* on stderr */
};

/** Parse the arguments of a call, in a folder where a file stderr.txt may be written. */
void call_parse(struct call *call, const struct command *command);

/** Parse a line of words with a blank between, where the fields have the defaults that the help
 *  names. `line` is split, and must live as long as the call. options_end() follows. */
struct call call_line(const struct command *command, char *line);

#endif
