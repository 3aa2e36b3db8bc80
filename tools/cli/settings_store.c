#include "cli/settings_store.h"

#include "cli/option_values.h"
#include "formats/copy_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64, MESSAGE_SIZE = 512 };

bool settings_fail(const struct settings *settings, const char *format, ...)
{
    char message[MESSAGE_SIZE], line[NAME_SIZE] = "";
    va_list arguments;

    if (settings->line > 0)
        snprintf(line, sizeof line, "line %u: ", settings->line);
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    usage_error(settings->command, "%s: %s%s", settings->parsed->settings, line, message);
    return false;
}

/* ------------------------------------------------------------------------- keys */

static bool fail_unknown(const struct settings *settings, const char *name)
{
    const char *const near =
        option_nearest(settings->command, option_count(settings->command), name);

    if (near)
        return settings_fail(settings, "unknown option '%s'; did you mean '%s'?", name, near);
    return settings_fail(settings, "unknown option '%s'", name);
}

static bool is_setting(const struct command *command, const struct opt *opt, size_t row)
{
    return row < option_count(command) && opt->type != OPT_SETTINGS &&
           opt->type != OPT_PRINT_SETTINGS;
}

static bool check_row(const struct settings *settings, const struct opt *opt, size_t row,
                      const char *name)
{
    if (opt == NULL)
        return fail_unknown(settings, name);
    if (!is_setting(settings->command, opt, row))
        return settings_fail(settings, "'%s' is no setting, but for the command line only", name);
    if (opt->type != OPT_REPEAT && (settings->parsed->given[row] & GIVEN_IN_FILE))
        return settings_fail(settings, "'%s' is given twice, expected once", name);
    return true;
}

const struct opt *settings_find(const struct settings *settings, const char *key, size_t *row)
{
    const struct opt *opt;
    char name[NAME_SIZE];

    tc_copy_text(name, sizeof name, key);
    for (char *c = name; *c != '\0'; ++c)
        *c = *c == '_' ? '-' : *c;
    *row = 0;
    while ((opt = option_row(settings->command, *row)) != NULL && strcmp(opt->name, name) != 0)
        ++*row;
    return check_row(settings, opt, *row, name) ? opt : NULL;
}

/* ------------------------------------------------------------------------- values */

/* A field of any type that the command line overrides. */
union overridden {
    bool flag;
    unsigned number;
    uint64_t count;
    struct uint_list list;
    double real;
    const char *text;
    int choice;
};

/* A flag that is false keeps what the command line says. */
static bool store_flag(const char *text, bool *field)
{
    const bool is_true = strcmp(text, "true") == 0;

    *field = *field || is_true;
    return is_true || strcmp(text, "false") == 0;
}

static bool refuse_value(const struct settings *settings, const struct opt *opt, const char *text)
{
    char message[MESSAGE_SIZE];

    if (opt->type == OPT_FLAG) {
        tc_copy_text(message, NAME_SIZE, text);
        return settings_fail(settings, "%s: '%s' is neither true nor false", opt->name, message);
    }
    option_refusal(opt, text, message, sizeof message);
    return settings_fail(settings, "%s: %s", opt->name, message);
}

bool settings_store(struct settings *settings, size_t row, const char *text)
{
    const struct opt *const opt = option_row(settings->command, row);
    unsigned char *const given = &settings->parsed->given[row];
    const bool overrides = opt->type != OPT_REPEAT && (*given & GIVEN_IN_COMMAND_LINE);
    union overridden other = {.flag = false};
    void *const field = overrides
                            ? (void *)&other
                            : (char *)settings->options + option_offset(settings->command, row);

    *given |= GIVEN_IN_FILE;
    if (opt->type == OPT_FLAG ? store_flag(text, field) : option_store(opt, text, field))
        return true;
    return refuse_value(settings, opt, text);
}
