#include "cli/options.h"

#include "cli/nearest_word.h"
#include "cli/option_values.h"
#include "cli/printable.h"
#include "cli/settings.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_BASE = 256, MAX_WORD = 32, MESSAGE_SIZE = 512 };

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

size_t option_offset(const struct command *command, size_t index)
{
    size_t base;
    const struct opt *const opt = find_row(command, index, &base);

    return base + opt->offset;
}

const char *option_nearest(const struct command *command, size_t n, const char *name)
{
    const char *names[OPT_ROWS_MAX];

    assert(n <= OPT_ROWS_MAX);
    for (size_t i = 0; i < n; ++i)
        names[i] = option_row(command, i)->name;
    return nearest_word(name, names, n);
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
    print_shown(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return point_to_help(command);
}

static void unknown_option(const struct command *command, const char *word)
{
    const char *const dashes = strncmp(word, "--", 2) == 0 ? word + 2 : "";
    char name[MAX_WORD + 1];
    const char *near;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(dashes, "="), dashes);
    near = option_nearest(command, option_count(command) + N_COMMON_OPTS, name);
    if (near)
        usage_error(command, "unknown option '%s'; did you mean --%s?", word, near);
    else
        usage_error(command, "unknown option '%s'", word);
}

/* ------------------------------------------------------------------------- parsing */

/* The tables that getopt_long() reads, made from the rows of ours. */
struct getopt_tables {
    char letters[2 * OPT_ROWS_MAX + 2];
    struct option longs[OPT_ROWS_MAX + 1];
};

static void add_row(struct getopt_tables *tables, const struct opt *opt, size_t index)
{
    const size_t used = strlen(tables->letters);
    const bool has_value = opt->metavar != NULL;

    assert(index < OPT_ROWS_MAX);
    tables->longs[index] = (struct option){
        .name = opt->name,
        .has_arg = has_value ? required_argument : no_argument,
        .val = LONG_BASE + (int)index,
    };
    if (opt->letter)
        snprintf(tables->letters + used, sizeof tables->letters - used, "%c%s", opt->letter,
                 has_value ? ":" : "");
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

/* Where the value of row `index` goes. */
static void *find_field(const struct command *command, const struct opt *opt, size_t index,
                        void *options, struct parsed *parsed)
{
    if (opt == &common_opts[COMMON_QUIET])
        return &parsed->quiet;
    if (opt->type == OPT_SETTINGS)
        return &parsed->settings;
    if (opt->type == OPT_PRINT_SETTINGS)
        return &parsed->prints_settings;
    return (char *)options + option_offset(command, index);
}

/* Act on one result of getopt_long(); OPTIONS_OK to go on. */
static enum options_result take_option(const struct command *command, int code, char **argv,
                                       void *options, struct parsed *parsed)
{
    const bool is_known = code != '?' && code != ':';
    const size_t index = is_known ? row_meant(command, code) : 0;
    const struct opt *const opt = is_known ? option_row(command, index) : NULL;
    char message[MESSAGE_SIZE];

    if (!opt) {
        wrong_option(command, code, argv);
        return OPTIONS_WRONG;
    }
    if (opt == &common_opts[COMMON_HELP])
        return OPTIONS_HELP;
    if (opt == &common_opts[COMMON_HELP_ALL])
        return OPTIONS_HELP_ALL;
    parsed->given[index] |= GIVEN_IN_COMMAND_LINE;
    if (option_store(opt, optarg, find_field(command, opt, index, options, parsed)))
        return OPTIONS_OK;
    option_refusal(opt, optarg, message, sizeof message);
    usage_error(command, "--%s: %s", opt->name, message);
    return OPTIONS_WRONG;
}

static enum options_result parse_words(const struct command *command, int argc, char **argv,
                                       void *options, struct parsed *parsed)
{
    struct getopt_tables tables = {.letters = ":"};
    const struct opt *opt;
    int code;

    for (size_t i = 0; (opt = option_row(command, i)) != NULL; ++i)
        add_row(&tables, opt, i);
    optind = 0; /* glibc and musl: start afresh, whatever was parsed before */
    opterr = 0;
    while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const enum options_result result = take_option(command, code, argv, options, parsed);

        if (result != OPTIONS_OK)
            return result;
    }
    parsed->operands = optind;
    return OPTIONS_OK;
}

enum options_result options_parse(const struct command *command, int argc, char **argv,
                                  void *options, struct parsed *parsed)
{
    const enum options_result result = parse_words(command, argc, argv, options, parsed);

    if (result != OPTIONS_OK)
        return result;
    if (parsed->settings != NULL && !settings_read(command, options, parsed))
        return OPTIONS_WRONG;
    if (parsed->prints_settings)
        return OPTIONS_PRINT_SETTINGS;
    return check_operands(command, argc, argv) ? OPTIONS_OK : OPTIONS_WRONG;
}

void options_end(struct parsed *parsed)
{
    free(parsed->texts);
    parsed->texts = NULL;
}
