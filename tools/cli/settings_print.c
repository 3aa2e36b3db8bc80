#include "cli/option_groups.h"
#include "cli/option_values.h"
#include "cli/settings.h"
#include "cli/settings_quote.h"

#include <inttypes.h>
#include <string.h>

/* ------------------------------------------------------------------------- values */

static void print_list(FILE *out, const struct uint_list *list)
{
    for (unsigned i = 0; i < list->n; ++i)
        fprintf(out, "%s%u", i > 0 ? "," : "", list->value[i]);
}

static void print_real(FILE *out, double value)
{
    char text[REAL_TEXT_SIZE];

    real_text(value, text);
    fputs(text, out);
}

static void print_choice(FILE *out, const char *words, int index)
{
    for (; index > 0; --index)
        words += strcspn(words, "|") + 1;
    fprintf(out, "%.*s", (int)strcspn(words, "|"), words);
}

static void print_value(FILE *out, const struct opt *opt, const void *field)
{
    switch (opt->type) {
    case OPT_FLAG:
        fputs(*(const bool *)field ? "true" : "false", out);
        break;
    case OPT_UINT:
        fprintf(out, "%u", *(const unsigned *)field);
        break;
    case OPT_COUNT:
        fprintf(out, "%" PRIu64, *(const uint64_t *)field);
        break;
    case OPT_LIST:
        print_list(out, field);
        break;
    case OPT_REAL:
    case OPT_TIME:
        print_real(out, *(const double *)field);
        break;
    case OPT_TEXT:
        settings_write_quoted(out, *(const char *const *)field);
        break;
    case OPT_CHOICE:
        print_choice(out, opt->metavar, *(const int *)field);
        break;
    case OPT_REPEAT:
    case OPT_SETTINGS:
    case OPT_PRINT_SETTINGS:
        break;
    }
}

/* ------------------------------------------------------------------------- lines */

static void print_given(FILE *out, const struct opt *opt, const void *field)
{
    const struct text_list *const list = field;

    if (opt->type != OPT_REPEAT) {
        fprintf(out, "%s=", opt->name);
        print_value(out, opt, field);
        fputc('\n', out);
        return;
    }
    for (unsigned i = 0; i < list->n; ++i) {
        fprintf(out, "%s=", opt->name);
        settings_write_quoted(out, list->value[i]);
        fputc('\n', out);
    }
}

/* The default is in brackets at the end of the help. */
static void print_default(FILE *out, const struct opt *opt)
{
    const char *const bracket = strrchr(opt->help, '[');
    const size_t length = bracket != NULL ? strlen(bracket) : 0;

    if (length > 2 && bracket[length - 1] == ']')
        fprintf(out, "# %s: %.*s\n", opt->name, (int)length - 2, bracket + 1);
    else
        fprintf(out, "# %s: %s\n", opt->name, opt->type == OPT_FLAG ? "false" : "none");
}

static void print_row(FILE *out, const struct command *command, size_t row, const void *options,
                      const struct parsed *parsed)
{
    const struct opt *const opt = option_row(command, row);

    if (opt->type == OPT_SETTINGS || opt->type == OPT_PRINT_SETTINGS)
        return;
    if (parsed->given[row])
        print_given(out, opt, (const char *)options + option_offset(command, row));
    else
        print_default(out, opt);
}

/* The rows of a group: those of everyday use, then the others, without the common ones. */
static void print_group(FILE *out, const struct command *command, enum opt_group group,
                        const void *options, const struct parsed *parsed)
{
    const size_t n = option_count(command);

    fprintf(out, "# %s\n", option_group_title(command, group));
    for (int level = EVERYDAY; level <= EXPERT; ++level)
        for (size_t row = 0; row < n; ++row) {
            const struct opt *const opt = option_row(command, row);

            if (option_in_group(command, opt, group) && (int)opt->level == level)
                print_row(out, command, row, options, parsed);
        }
}

static bool has_rows(const struct command *command, enum opt_group group)
{
    const size_t n = option_count(command);
    size_t row = 0;

    while (row < n && !option_in_group(command, option_row(command, row), group))
        ++row;
    return option_group_title(command, group) != NULL && row < n;
}

void settings_print(FILE *out, const struct command *command, const void *options,
                    const struct parsed *parsed)
{
    bool is_first = true;

    for (unsigned group = 0; group < N_GROUPS; ++group) {
        if (!has_rows(command, (enum opt_group)group))
            continue;
        fputs(is_first ? "" : "\n", out);
        print_group(out, command, (enum opt_group)group, options, parsed);
        is_first = false;
    }
}
