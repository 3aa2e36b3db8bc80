#include "cli/options.h"

#include "cli/nearest_word.h"
#include "cli/option_values.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_OPTS = 80, LONG_BASE = 256, MAX_WORD = 32 };

const struct opt common_opts[N_COMMON_OPTS] = {
    [COMMON_QUIET] = {'q', "quiet", OPT_FLAG, 0, 0, 0, NULL,
                      "write errors and warnings only to stderr", GROUP_GENERAL, EVERYDAY},
    [COMMON_HELP] = {'h', "help", OPT_FLAG, 0, 0, 0, NULL,
                     "show the usage and the everyday options", GROUP_GENERAL, EVERYDAY},
    [COMMON_HELP_ALL] = {0, "help-all", OPT_FLAG, 0, 0, 0, NULL, "show all options", GROUP_GENERAL,
                         EVERYDAY},
};

/* ------------------------------------------------------------------------- rows */

static const struct opt_table *find_table(const struct command *command, size_t index)
{
    if (index == 0)
        return command->table;
    return command->more_tables != NULL ? command->more_tables(index - 1) : NULL;
}

/* Row `index` as option_row(), and where its table's struct is in the command's. */
static const struct opt *find_row(const struct command *command, size_t index, size_t *base)
{
    const struct opt_table *table;

    *base = 0;
    for (size_t t = 0; (table = find_table(command, t)) != NULL; ++t) {
        *base = table->base;
        if (index < table->n)
            return &table->row[index];
        index -= table->n;
    }
    return index < N_COMMON_OPTS ? &common_opts[index] : NULL;
}

const struct opt *option_row(const struct command *command, size_t index)
{
    size_t base;

    return find_row(command, index, &base);
}

size_t option_count(const struct command *command)
{
    const struct opt_table *table;
    size_t n = 0;

    for (size_t t = 0; (table = find_table(command, t)) != NULL; ++t)
        n += table->n;
    return n;
}

/* ------------------------------------------------------------------------- errors of use */

static int point_to_help(const struct command *command)
{
    fprintf(stderr, "Try 'tonecell %s --help'.\n", command->name);
    return 2;
}

int usage_error(const struct command *command, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "tonecell %s: ", command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return point_to_help(command);
}

static void wrong_value(const struct command *command, const struct opt *opt, const char *text)
{
    char range[80];
    const char *what = "";

    snprintf(range, sizeof range, " in [%.12g, %.12g]", opt->min, opt->max);
    switch (opt->type) {
    case OPT_UINT:
    case OPT_COUNT:
        what = "a whole number";
        break;
    case OPT_LIST:
        usage_error(command,
                    "--%s: '%s' is not a list of at most %d whole numbers such as 32 or 32,16, "
                    "each%s",
                    opt->name, text, OPT_LIST_MAX, range);
        return;
    case OPT_REAL:
        what = "a number";
        break;
    case OPT_TIME:
        what = "a time such as 90, 15m or 2h, in seconds";
        break;
    case OPT_CHOICE:
        usage_error(command, "--%s: '%s' is not one of %s", opt->name, text, opt->metavar);
        return;
    case OPT_FLAG:
    case OPT_TEXT:
    case OPT_REPEAT:
        usage_error(command, *text ? "--%s: '%s' is one more than %d" : "--%s: the value is empty",
                    opt->name, text, OPT_REPEAT_MAX);
        return;
    }
    usage_error(command, "--%s: '%s' is not %s%s", opt->name, text, what, range);
}

static void unknown_option(const struct command *command, const char *word)
{
    const char *names[MAX_OPTS + N_COMMON_OPTS];
    const struct opt *opt;
    size_t n = 0;
    const char *const dashes = strncmp(word, "--", 2) == 0 ? word + 2 : "";
    char name[MAX_WORD + 1];
    const char *near;

    while ((opt = option_row(command, n)) != NULL)
        names[n++] = opt->name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(dashes, "="), dashes);
    near = nearest_word(name, names, n);
    if (near)
        usage_error(command, "unknown option '%s'; did you mean --%s?", word, near);
    else
        usage_error(command, "unknown option '%s'", word);
}

/* ------------------------------------------------------------------------- parsing */

/* The tables that getopt_long() reads, made from the rows of ours. */
struct getopt_tables {
    char letters[2 * MAX_OPTS + 8];
    struct option longs[MAX_OPTS + N_COMMON_OPTS + 1];
};

static void add_row(struct getopt_tables *tables, const struct opt *opt, size_t index)
{
    const size_t used = strlen(tables->letters);

    tables->longs[index] = (struct option){
        .name = opt->name,
        .has_arg = opt->type == OPT_FLAG ? no_argument : required_argument,
        .val = LONG_BASE + (int)index,
    };
    if (opt->letter)
        snprintf(tables->letters + used, sizeof tables->letters - used, "%c%s", opt->letter,
                 opt->type == OPT_FLAG ? "" : ":");
}

/* The index of the row that a result of getopt_long() means; past the last if there is none. */
static size_t row_meant(const struct command *command, int code)
{
    const struct opt *opt;
    size_t i = 0;

    if (code >= LONG_BASE)
        return (size_t)(code - LONG_BASE);
    while ((opt = option_row(command, i)) != NULL && (!opt->letter || opt->letter != (char)code))
        ++i;
    return i;
}

static void wrong_option(const struct command *command, int code, char **argv)
{
    const struct opt *const opt = optopt ? option_row(command, row_meant(command, optopt)) : NULL;
    const char letter[] = {'-', (char)optopt, '\0'};

    if (opt && code == ':')
        usage_error(command, "--%s: a value is missing: %s", opt->name, opt->metavar);
    else if (opt)
        usage_error(command, "--%s takes no value", opt->name);
    else
        unknown_option(command, optopt ? letter : argv[optind - 1]);
}

static bool check_operands(const struct command *command, int argc, char **argv)
{
    const int n = argc - optind;

    if (n >= 0 && (unsigned)n < command->min_operands) {
        usage_error(command, "%s is missing", command->operand);
        return false;
    }
    if ((unsigned)n > command->max_operands) {
        usage_error(command, "'%s' is one too many", argv[optind + (int)command->max_operands]);
        return false;
    }
    return true;
}

/* Act on one result of getopt_long(); OPTIONS_OK to go on. */
static enum options_result take_option(const struct command *command, int code, char **argv,
                                       void *options, bool *quiet)
{
    const bool is_known = code != '?' && code != ':';
    size_t base;
    const struct opt *const opt =
        is_known ? find_row(command, row_meant(command, code), &base) : NULL;
    void *field;

    if (!opt) {
        wrong_option(command, code, argv);
        return OPTIONS_WRONG;
    }
    if (opt == &common_opts[COMMON_HELP])
        return OPTIONS_HELP;
    if (opt == &common_opts[COMMON_HELP_ALL])
        return OPTIONS_HELP_ALL;
    field =
        opt == &common_opts[COMMON_QUIET] ? (void *)quiet : (char *)options + base + opt->offset;
    if (option_store(opt, optarg, field))
        return OPTIONS_OK;
    wrong_value(command, opt, optarg);
    return OPTIONS_WRONG;
}

enum options_result options_parse(const struct command *command, int argc, char **argv,
                                  void *options, bool *quiet, int *operands)
{
    struct getopt_tables tables = {.letters = ":"};
    const struct opt *opt;
    int code;

    for (size_t i = 0; (opt = option_row(command, i)) != NULL; ++i)
        add_row(&tables, opt, i);
    optind = 0; /* glibc and musl: start afresh, whatever was parsed before */
    opterr = 0;
    while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const enum options_result result = take_option(command, code, argv, options, quiet);

        if (result != OPTIONS_OK)
            return result;
    }
    *operands = optind;
    return check_operands(command, argc, argv) ? OPTIONS_OK : OPTIONS_WRONG;
}
