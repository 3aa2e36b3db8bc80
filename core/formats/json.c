#include "formats/json.h"

#include "formats/copy_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *tc_show(struct tc_shown *shown, const char *text)
{
    tc_copy_text(shown->text, sizeof shown->text, text);
    return shown->text;
}

/* Bytes that jansson takes on a machine of 64 bits for a value besides its text, with its place in
 * the array or object around it. */
enum { SCALAR_BYTES = 40, STRING_BYTES = 64, ARRAY_BYTES = 128, OBJECT_BYTES = 272 };

/* Memory may be so many times as large as the text, or up to so many bytes in any case. */
enum { MEMORY_PER_BYTE = 8, USUAL_MEMORY = 256 << 20 };

/* What is outside of strings, counted before jansson's recursive parser builds it. */
struct extent {
    unsigned depth, deepest;
    size_t bytes; /* an estimate of the memory that the values take */
};

static void count_character(struct extent *extent, char c)
{
    switch (c) {
    case '{':
    case '[':
        ++extent->depth;
        extent->deepest = extent->depth > extent->deepest ? extent->depth : extent->deepest;
        extent->bytes += c == '{' ? OBJECT_BYTES : ARRAY_BYTES;
        break;
    case '}':
    case ']':
        extent->depth -= extent->depth > 0;
        break;
    case ',':
        extent->bytes += SCALAR_BYTES;
        break;
    case '"':
        extent->bytes += STRING_BYTES;
        break;
    default:
        break;
    }
}

static struct extent measure(const char *text, size_t size)
{
    struct extent extent = {.bytes = size};
    bool in_string = false;

    for (size_t i = 0; i < size; ++i) {
        if (!in_string)
            count_character(&extent, text[i]);
        if (text[i] == '"')
            in_string = !in_string;
        else if (in_string && text[i] == '\\')
            ++i;
    }
    return extent;
}

static enum tc_status check_extent(const char *text, size_t size, const char *where,
                                   struct tc_error *error)
{
    const struct extent extent = measure(text, size);

    if (extent.deepest > TC_JSON_DEPTH)
        return tc_fail(error, TC_BAD_FORMAT, "%s is JSON nested %u deep, at most %d is allowed",
                       where, extent.deepest, TC_JSON_DEPTH);
    if (extent.bytes > USUAL_MEMORY && extent.bytes / MEMORY_PER_BYTE > size)
        return tc_fail(error, TC_TOO_LARGE,
                       "%s is JSON of so many small values that it takes %zu MiB of memory, more "
                       "than the %d times its size that are allowed",
                       where, extent.bytes >> 20, (int)MEMORY_PER_BYTE);
    return TC_OK;
}

/** Does an invalid text contain, outside strings, a word that some programs write for a number that
 *  is not finite? No keyword of JSON contains one of them. */
static bool has_non_finite(const char *text, size_t size)
{
    static const char *const words[] = {"NaN", "nan", "Infinity", "inf"};
    bool in_string = false;

    for (size_t i = 0; i < size; ++i) {
        if (text[i] == '"')
            in_string = !in_string;
        else if (in_string && text[i] == '\\')
            ++i;
        for (size_t w = 0; !in_string && w < sizeof words / sizeof words[0]; ++w)
            if (size - i >= strlen(words[w]) && memcmp(text + i, words[w], strlen(words[w])) == 0)
                return true;
    }
    return false;
}

enum tc_status tc_json_parse(json_t **json, const char *text, size_t size, const char *where,
                             struct tc_error *error)
{
    const enum tc_status status = check_extent(text, size, where, error);
    json_error_t problem;

    if (status)
        return status;
    *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (*json)
        return TC_OK;
    /* jansson leaves no message if its first allocation fails. */
    if (json_error_code(&problem) == json_error_out_of_memory || !problem.text[0])
        return tc_fail(error, TC_NO_MEMORY, "no memory for the JSON of %s", where);
    if (json_error_code(&problem) == json_error_invalid_syntax && has_non_finite(text, size))
        return tc_fail(error, TC_BAD_VALUE,
                       "%s has NaN or Infinity for a number in line %d, as a training leaves that "
                       "diverged",
                       where, problem.line);
    return tc_fail(error, TC_BAD_FORMAT, "%s is not valid JSON: line %d, column %d: %s", where,
                   problem.line, problem.column, TC_SHOWN(problem.text));
}

char *tc_json_dump(const json_t *json, size_t flags)
{
    const size_t size = json_dumpb(json, NULL, 0, flags);
    char *const text = size > 0 ? malloc(size + 1) : NULL;

    if (!text || json_dumpb(json, text, size, flags) != size) {
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

const char *tc_json_kind(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a fraction";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a truth value";
    case JSON_NULL:
        return "null";
    }
    return "unknown";
}

/** The member, or NULL and a message. */
static const json_t *member(const json_t *object, const char *key, const char *where,
                            struct tc_error *error)
{
    const json_t *const value = json_object_get(object, key);

    if (!value)
        tc_fail(error, TC_BAD_FORMAT, "%s: '%s' is missing", where, key);
    return value;
}

static enum tc_status wrong_kind(const json_t *value, const char *key, const char *where,
                                 const char *expected, struct tc_error *error)
{
    return tc_fail(error, TC_BAD_FORMAT, "%s: '%s' is %s, expected %s", where, key,
                   tc_json_kind(value), expected);
}

enum tc_status tc_json_text(const json_t *object, const char *key, const char *where,
                            const char **value, struct tc_error *error)
{
    const json_t *const found = member(object, key, where, error);

    if (!found)
        return TC_BAD_FORMAT;
    if (!json_is_string(found))
        return wrong_kind(found, key, where, "a string", error);
    *value = json_string_value(found);
    return TC_OK;
}

enum tc_status tc_json_unsigned(const json_t *object, const char *key, const char *where,
                                unsigned max, unsigned *value, struct tc_error *error)
{
    const json_t *const found = member(object, key, where, error);
    const json_int_t number = json_integer_value(found);

    if (!found)
        return TC_BAD_FORMAT;
    if (!json_is_integer(found))
        return wrong_kind(found, key, where, "an integer", error);
    if (number < 0 || number > max)
        return tc_fail(error, number < 0 ? TC_BAD_VALUE : TC_TOO_LARGE,
                       "%s: '%s' is %" JSON_INTEGER_FORMAT ", expected 0 to %u", where, key, number,
                       max);
    *value = (unsigned)number;
    return TC_OK;
}

enum tc_status tc_json_float(const json_t *object, const char *key, const char *where, float *value,
                             struct tc_error *error)
{
    const json_t *const found = member(object, key, where, error);
    const float number = (float)json_number_value(found);

    if (!found)
        return TC_BAD_FORMAT;
    if (!json_is_number(found))
        return wrong_kind(found, key, where, "a number", error);
    if (!isfinite(number))
        return tc_fail(error, TC_BAD_VALUE, "%s: '%s' is too large for a 32-bit float", where, key);
    *value = number;
    return TC_OK;
}

double tc_json_number(const json_t *value)
{
    const char *const text = json_string_value(value);
    json_t *const read =
        text ? json_loadb(text, strlen(text), JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL)
             : NULL;
    const json_t *const number = text ? read : value;
    const double found = json_is_number(number) ? json_number_value(number) : (double)NAN;

    json_decref(read);
    return found;
}
