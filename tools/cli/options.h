/** @file
 *  Options of the subcommands. The tables of a command drive parsing, ranges, help and man page,
 *  so that the four cannot disagree.
 *
 *      #define AT(field) offsetof(struct process_options, field)
 *      static const struct opt process_opts[] = {
 *          {'m', "model", OPT_TEXT, AT(model), 0, 0, "MODEL", "model to play",
 *           GROUP_MODEL, EVERYDAY},
 *          {'j', "jobs", OPT_UINT, AT(jobs), 1, 256, "JOBS", "number of threads [1]",
 *           GROUP_GENERAL, EXPERT},
 *      };
 *
 *  --help, --help-all and --quiet belong to every command and need no row. An option that must be
 *  given is checked by the command itself:
 *  `if (!o->model) return usage_error(self, "--model is missing")`.
 */
#ifndef TONECELL_OPTIONS_H
#define TONECELL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What the value of an option is, and the type of the field that receives it. */
enum opt_type {
    OPT_FLAG,   /* bool: no value; the field becomes true */
    OPT_UINT,   /* unsigned */
    OPT_COUNT,  /* uint64_t: frames, seeds; max at most 2^53 */
    OPT_LIST,   /* struct uint_list: 32 or 32,16; each number within min and max */
    OPT_REAL,   /* double: finite, within min and max */
    OPT_TEXT,   /* const char *: not empty; points into argv */
    OPT_CHOICE, /* int: index of the word in metavar, as in "quick|normal|best" */
    OPT_TIME,   /* double, in seconds: 90, 1.5m or 2h, within min and max */
    OPT_REPEAT, /* struct text_list: may be given several times, as --knob */
    /* Those of settings.h, which have no field: */
    OPT_SETTINGS,      /* a file from which options are read */
    OPT_PRINT_SETTINGS /* no value: the options in force are written */
};

/** The heading under which the help shows an option, in the order of the help. */
enum opt_group {
    GROUP_MODEL,
    GROUP_DATA,
    GROUP_NETWORK,
    GROUP_TRAINING,
    GROUP_WEIGHTS,
    GROUP_TRUNCATION,
    GROUP_PROCESSING,
    GROUP_OUTPUT,
    GROUP_GENERAL,
    N_GROUPS
};

/** Who needs an option: --help shows those for everyday use, --help-all and the manual page all,
 *  with those for everyday use first in each group. */
enum opt_level { EVERYDAY, EXPERT };

enum { OPT_LIST_MAX = 16, OPT_REPEAT_MAX = 64 };

/** No command has more rows, with the common ones. */
enum { OPT_ROWS_MAX = 128 };

struct uint_list {
    unsigned n, value[OPT_LIST_MAX];
};

struct text_list {
    unsigned n;
    const char *value[OPT_REPEAT_MAX];
};

/** One option. An option given twice takes its last value (but OPT_REPEAT collects). */
struct opt {
    char letter;      /* of the short form, or 0 */
    const char *name; /* of the long form, without the dashes */
    enum opt_type type;
    size_t offset;       /* of the field in the table's struct */
    double min, max;     /* both included; unused by flags, texts and choices */
    const char *metavar; /* FILE in --output=FILE; NULL for flags; the words of a choice */
    const char *help;    /* a clause in lower case with the default in brackets at its end */
    enum opt_group group;
    enum opt_level level;
};

/** Rows that write to one struct, which is at `base` in the command's struct of options. */
struct opt_table {
    const struct opt *row;
    size_t n, base;
};

/** A row that several commands have, for the macro that stands for it in their tables. */
#define OPT_ROW(...) \
    {                \
        __VA_ARGS__  \
    }

struct example {
    const char *line; /* typed after "tonecell NAME " */
    const char *does; /* a short sentence */
};

enum { OPERANDS_ANY = 0x7fffffff };

struct command {
    const char *name;
    const char *synopsis;    /* after "tonecell NAME ", one line for each form of use */
    const char *summary;     /* a few words in lower case, for the list of commands */
    const char *description; /* paragraphs with an empty line between; wrapped when shown */
    const char *operand;     /* what to call a missing operand: "IN"; NULL if none is taken */
    unsigned min_operands, max_operands;
    const struct opt_table *table; /* NULL: no options of its own */
    /** The tables that follow it, by index from 0; NULL past the last. NULL: there are none. */
    const struct opt_table *(*more_tables)(size_t index);
    const struct example *examples;
    size_t n_examples;
    const void *defaults; /* the struct of options before parsing */
    size_t options_size;
    /** Do the work: options point to a parsed copy of defaults. Returns the exit status:
     *  0 done, 1 failed work (after talk_error()), 2 from usage_error(). */
    int (*run)(const struct command *self, const void *options, unsigned n_operands,
               char **operands);
};

/** For the rows of struct command: what an operand is called, how many there are at least and at
 *  most; the options before parsing; the rows of its own table; examples. */
#define OPERANDS(name, least, most) \
    .operand = (name), .min_operands = (least), .max_operands = (most)
#define DEFAULTS(initial) .defaults = &(initial), .options_size = sizeof(initial)
#define OPT_TABLE(rows, at)                                             \
    {                                                                   \
        .row = (rows), .n = sizeof(rows) / sizeof *(rows), .base = (at) \
    }
#define OPTS(rows) .table = &(const struct opt_table)OPT_TABLE(rows, 0)
#define EXAMPLES(table) .examples = (table), .n_examples = sizeof(table) / sizeof *(table)

enum options_result {
    OPTIONS_OK,
    OPTIONS_HELP,
    OPTIONS_HELP_ALL,
    OPTIONS_PRINT_SETTINGS,
    OPTIONS_WRONG
};

/** Where an option was given; both bits are set if it was in both. */
enum { GIVEN_IN_COMMAND_LINE = 1, GIVEN_IN_FILE = 2 };

/** What parsing finds apart from the fields of the options. All zero before it. */
struct parsed {
    bool quiet, prints_settings;
    int operands;                      /* index in argv of the first */
    unsigned char given[OPT_ROWS_MAX]; /* by row: GIVEN_IN_ bits, 0 = not given */
    const char *settings;              /* the file of --settings, or NULL */
    char *texts;                       /* of that file; options may point into them */
};

/** Parse argv (argv[0] is the command's name) into options, which hold the defaults, and then the
 *  file of --settings, whose options the command line overrides.
 *
 *  Permutes argv so that the operands come last. OPTIONS_HELP and OPTIONS_HELP_ALL: --help or
 *  --help-all was given. OPTIONS_PRINT_SETTINGS: so was --print-settings, and operands were not
 *  counted. OPTIONS_WRONG: a sentence and a hint were written to stderr; exit with 2. In any case
 *  options_end() follows once the options are no longer used. */
enum options_result options_parse(const struct command *command, int argc, char **argv,
                                  void *options, struct parsed *parsed);

void options_end(struct parsed *parsed);

/** Row `index` of the command's options followed by the common ones; NULL past their end. */
const struct opt *option_row(const struct command *command, size_t index);

/** Where in the command's struct of options the field of row `index` is, which is not a common row.
 */
size_t option_offset(const struct command *command, size_t index);

/** The name among the first n rows that `name` may be a slip of; NULL if none is near. */
const char *option_nearest(const struct command *command, size_t n, const char *name);

/** The number of rows without the common ones. */
size_t option_count(const struct command *command);

/** Write what is wrong with the use of a command, and where its help is. Returns 2, for
 *  `return usage_error(self, "--output is missing")`. */
int usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The options of every command, for help and man page. */
enum { COMMON_QUIET, COMMON_HELP, COMMON_HELP_ALL, N_COMMON_OPTS };
extern const struct opt common_opts[N_COMMON_OPTS];

#endif
