#include "cli/option_values.h"

#include "formats/copy_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NUMBER = 32, SHOWN_SIZE = 128 };

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

void real_text(double value, char text[REAL_TEXT_SIZE])
{
    /* 17 digits tell any two doubles apart; most need 15 or fewer. */
    for (int digits = 15; digits <= 17; ++digits) {
        snprintf(text, REAL_TEXT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            return;
    }
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
    char number[MAX_NUMBER];
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

bool option_store(const struct opt *opt, const char *text, void *field)
{
    uint64_t whole;
    double real;

    switch (opt->type) {
    case OPT_FLAG:
    case OPT_PRINT_SETTINGS:
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
    case OPT_SETTINGS:
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

enum { TIME_SIZE = 24 };

/* As parse_time() reads it. Returns text. */
static const char *time_text(double seconds, char text[TIME_SIZE])
{
    const double unit = seconds < 60.0 ? 1.0 : seconds < 3600.0 ? 60.0 : 3600.0;

    snprintf(text, TIME_SIZE, "%.4g%s", seconds / unit, unit > 60.0 ? "h" : unit > 1.0 ? "m" : "s");
    return text;
}

void option_refusal(const struct opt *opt, const char *text, char *message, size_t size)
{
    char range[80], shown[SHOWN_SIZE], least[TIME_SIZE], most[TIME_SIZE];

    tc_copy_text(shown, sizeof shown, text);
    snprintf(range, sizeof range, " in [%.12g, %.12g]", opt->min, opt->max);
    switch (opt->type) {
    case OPT_UINT:
    case OPT_COUNT:
        snprintf(message, size, "'%s' is not a whole number%s", shown, range);
        break;
    case OPT_LIST:
        snprintf(message, size,
                 "'%s' is not a list of at most %d whole numbers such as 32 or 32,16, each%s",
                 shown, OPT_LIST_MAX, range);
        break;
    case OPT_REAL:
        snprintf(message, size, "'%s' is not a number%s", shown, range);
        break;
    case OPT_TIME:
        snprintf(message, size,
                 "'%s' is not a time from %s to %s: a number of seconds, or one with m or h", shown,
                 time_text(opt->min, least), time_text(opt->max, most));
        break;
    case OPT_CHOICE:
        snprintf(message, size, "'%s' is not one of %s", shown, opt->metavar);
        break;
    case OPT_FLAG:
    case OPT_PRINT_SETTINGS:
    case OPT_TEXT:
    case OPT_SETTINGS:
    case OPT_REPEAT:
        snprintf(message, size, *text ? "'%s' is one more than %d" : "the value is empty", shown,
                 OPT_REPEAT_MAX);
        break;
    }
}
