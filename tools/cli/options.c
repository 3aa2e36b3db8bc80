#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTS = 80, LONG_BASE = 256, MAX_SLIPS = 2, MAX_WORD = 32 };

const struct opt common_opts[N_COMMON_OPTS] = {
    [COMMON_QUIET] = {'q', "quiet", OPT_FLAG, 0, 0, 0, NULL,
                      "write errors and warnings only to stderr", GROUP_GENERAL, EVERYDAY},
    [COMMON_HELP] = {'h', "help", OPT_FLAG, 0, 0, 0, NULL,
                     "show the usage and the everyday options", GROUP_GENERAL, EVERYDAY},
    [COMMON_HELP_ALL] = {0, "help-all", OPT_FLAG, 0, 0, 0, NULL, "show all options", GROUP_GENERAL,
                         EVERYDAY},
};

/* ------------------------------------------------------------------------- near misses */

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Letters to change, add, remove or swap with their neighbour to make one word the other.
 * From: Damerau 1964, restricted to one edit of each letter. */
static size_t slips(const char *a, const char *b)
{
    size_t d[MAX_WORD + 1][MAX_WORD + 1];
    const size_t m = strlen(a), n = strlen(b);

    if (m > MAX_WORD || n > MAX_WORD)
        return SIZE_MAX;
    for (size_t i = 0; i <= m; ++i)
        for (size_t j = 0; j <= n; ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] =
                least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, SIZE_MAX);
        }
    return d[m][n];
}

const char *nearest_word(const char *text, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t fewest = MAX_SLIPS + 1;

    for (size_t i = 0; i < n; ++i) {
        const size_t count = slips(text, words[i]);

        if (count < fewest && count < strlen(words[i])) {
            fewest = count;
            nearest = words[i];
        }
    }
    return nearest;
}

/* ------------------------------------------------------------------------- values */

bool parse_real(const char *text, double *value)
{
    char *end;
    double v;

    /* strtod() would also take blanks, hexadecimal numbers, "inf" and "nan". */
    if (text[strspn(text, "+-.0123456789eE")] != '\0' || *text == '\0')
        return false;
    v = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(v))
        return false;
    *value = v;
    return true;
}

/* A whole number in [min, max] that ends at `stop`; NULL if it is none, else where it ended. */
static const char *parse_whole(const char *text, const char *stop, double min, double max,
                               uint64_t *value)
{
    char *end;

    if (*text < '0' || *text > '9')
        return NULL;
    errno = 0;
    *value = strtoull(text, &end, 10);
    if (errno != 0 || !strchr(stop, *end) || (double)*value < min || (double)*value > max)
        return NULL;
    return end;
}

static bool parse_list(const char *text, const struct opt *opt, struct uint_list *list)
{
    struct uint_list found = {0};
    uint64_t value;

    for (const char *c = text; c && found.n < OPT_LIST_MAX; ++c) {
        c = parse_whole(c, ",", opt->min, opt->max, &value);
        if (!c)
            return false;
        found.value[found.n++] = (unsigned)value;
        if (*c == '\0') {
            *list = found;
            return true;
        }
    }
    return false;
}

static bool parse_time(const char *text, const struct opt *opt, double *seconds)
{
    const size_t length = strlen(text);
    const char unit = length ? text[length - 1] : '\0';
    const double scale = unit == 'h' ? 3600.0 : unit == 'm' ? 60.0 : 1.0;
    char number[MAX_WORD];
    double value;

    if (length == 0 || length >= sizeof number)
        return false;
    memcpy(number, text, length + 1);
    if (unit == 'h' || unit == 'm' || unit == 's')
        number[length - 1] = '\0';
    if (!parse_real(number, &value) || !(value * scale >= opt->min && value * scale <= opt->max))
        return false;
    *seconds = value * scale;
    return true;
}

static bool parse_choice(const char *text, const char *words, int *index)
{
    const size_t length = strlen(text);

    for (int i = 0; length > 0; ++i) {
        const size_t word = strcspn(words, "|");

        if (word == length && memcmp(text, words, length) == 0) {
            *index = i;
            return true;
        }
        if (words[word] == '\0')
            return false;
        words += word + 1;
    }
    return false;
}

static bool add_text(const char *text, struct text_list *list)
{
    if (*text == '\0' || list->n == OPT_REPEAT_MAX)
        return false;
    list->value[list->n++] = text;
    return true;
}

/* Store the value of an option; false if it is not what the option takes. */
static bool store(const struct opt *opt, const char *text, void *field)
{
    uint64_t whole;
    double real;

    switch (opt->type) {
    case OPT_FLAG:
        *(bool *)field = true;
        return true;
    case OPT_UINT:
        if (!parse_whole(text, "", opt->min, opt->max, &whole))
            return false;
        *(unsigned *)field = (unsigned)whole;
        return true;
    case OPT_COUNT:
        return parse_whole(text, "", opt->min, opt->max, field) != NULL;
    case OPT_LIST:
        return parse_list(text, opt, field);
    case OPT_REAL:
        if (!parse_real(text, &real) || !(real >= opt->min && real <= opt->max))
            return false;
        *(double *)field = real;
        return true;
    case OPT_TEXT:
        *(const char **)field = text;
        return *text != '\0';
    case OPT_CHOICE:
        return parse_choice(text, opt->metavar, field);
    case OPT_TIME:
        return parse_time(text, opt, field);
    case OPT_REPEAT:
        return add_text(text, field);
    }
    return false;
}

/* Row `index` as option_row(), and where its table's struct is in the command's. */
static const struct opt *find_row(const struct command *command, size_t index, size_t *base)
{
    const struct opt_table *const *table = command->tables;

    *base = 0;
    for (; table != NULL && *table != NULL; ++table) {
        *base = (*table)->base;
        if (index < (*table)->n)
            return &(*table)->row[index];
        index -= (*table)->n;
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
    size_t n = 0;

    for (const struct opt_table *const *t = command->tables; t != NULL && *t != NULL; ++t)
        n += (*t)->n;
    return n;
}

/* ------------------------------------------------------------------------- what went wrong */

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
    if (store(opt, optarg, field))
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
