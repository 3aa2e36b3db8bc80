#include "cli/settings_json.h"

#include "cli/option_values.h"
#include "formats/copy_text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_SIZE = 128, LIST_TEXT_SIZE = OPT_LIST_MAX * (REAL_TEXT_SIZE + 1) };

/* What the value of an option may be. A string is read as on the command line. */
static const struct {
    bool boolean, number, string, array;
    const char *expected;
} forms[] = {
    [OPT_FLAG] = {.boolean = true, .expected = "true or false"},
    [OPT_UINT] = {.number = true, .string = true, .expected = "a number"},
    [OPT_COUNT] = {.number = true, .string = true, .expected = "a number"},
    [OPT_REAL] = {.number = true, .string = true, .expected = "a number"},
    [OPT_TIME] = {.number = true, .string = true, .expected = "seconds or a string such as 15m"},
    [OPT_LIST] = {.number = true,
                  .string = true,
                  .array = true,
                  .expected = "a number or an array of numbers"},
    [OPT_TEXT] = {.string = true, .expected = "a string"},
    [OPT_CHOICE] = {.string = true, .expected = "a string"},
    [OPT_REPEAT] = {.string = true, .array = true, .expected = "a string or an array of strings"},
};

/* Where the next text is copied to. The texts of a JSON document with their zero bytes are no
 * longer than itself, with its quotes. */
struct texts {
    struct settings *settings;
    char *next;
};

static const char *keep(struct texts *texts, const char *text)
{
    char *const copy = texts->next;

    texts->next += strlen(text) + 1;
    return strcpy(copy, text);
}

static bool wrong_form(const struct settings *settings, const struct opt *opt, const json_t *value)
{
    static const char *const found[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };

    return settings_fail(settings, "%s: found %s, expected %s", opt->name,
                         found[json_typeof(value)], forms[opt->type].expected);
}

static void number_text(const json_t *number, char text[REAL_TEXT_SIZE])
{
    if (json_is_integer(number))
        snprintf(text, REAL_TEXT_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
    else
        real_text(json_real_value(number), text);
}

static bool take_scalar(struct texts *texts, const struct opt *opt, size_t row, const json_t *value)
{
    char number[REAL_TEXT_SIZE];

    if (json_is_boolean(value) && forms[opt->type].boolean)
        return settings_store(texts->settings, row, json_is_true(value) ? "true" : "false");
    if (json_is_string(value) && forms[opt->type].string)
        return settings_store(texts->settings, row, keep(texts, json_string_value(value)));
    if (!json_is_number(value) || !forms[opt->type].number)
        return wrong_form(texts->settings, opt, value);
    number_text(value, number);
    return settings_store(texts->settings, row, number);
}

/* [32, 16] is 32,16 on the command line. */
static bool take_list(struct texts *texts, const struct opt *opt, size_t row, const json_t *array)
{
    char list[LIST_TEXT_SIZE] = "";
    const json_t *value;
    size_t i;

    if (json_array_size(array) > OPT_LIST_MAX)
        return settings_fail(texts->settings, "%s: found %zu numbers, expected at most %d",
                             opt->name, json_array_size(array), OPT_LIST_MAX);
    json_array_foreach(array, i, value)
    {
        char number[REAL_TEXT_SIZE];

        if (!json_is_number(value))
            return wrong_form(texts->settings, opt, value);
        number_text(value, number);
        strcat(strcat(list, i > 0 ? "," : ""), number);
    }
    return settings_store(texts->settings, row, list);
}

static bool take_value(struct texts *texts, const struct opt *opt, size_t row, const json_t *value)
{
    const json_t *element;
    size_t i;

    if (!json_is_array(value))
        return take_scalar(texts, opt, row, value);
    if (!forms[opt->type].array)
        return wrong_form(texts->settings, opt, value);
    if (opt->type == OPT_LIST)
        return take_list(texts, opt, row, value);
    json_array_foreach(value, i, element) if (!take_scalar(texts, opt, row, element)) return false;
    return true;
}

bool settings_read_json(struct settings *settings, char *text)
{
    struct texts texts = {.settings = settings, .next = text};
    char shown[SHOWN_SIZE];
    json_error_t problem;
    json_t *const object = json_loads(text, JSON_REJECT_DUPLICATES, &problem), *value;
    const char *key;
    size_t row;
    bool is_fine = true;

    if (object == NULL) {
        tc_copy_text(shown, sizeof shown, problem.text);
        return settings_fail(settings, "is not valid JSON: line %d, column %d: %s", problem.line,
                             problem.column, shown);
    }
    json_object_foreach(object, key, value)
    {
        const struct opt *const opt = settings_find(settings, key, &row);

        is_fine = opt != NULL && take_value(&texts, opt, row, value);
        if (!is_fine)
            break;
    }
    json_decref(object);
    return is_fine;
}
