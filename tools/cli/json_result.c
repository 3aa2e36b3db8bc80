#include "cli/json_result.h"

#include "utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

void json_set_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

json_t *json_path(const char *path)
{
    json_t *name = json_string(path);
    char *const copy = name ? NULL : strdup(path);

    if (!copy)
        return name;
    for (char *c = copy; *c != '\0'; ++c) {
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    }
    name = json_string(copy);
    free(copy);
    return name;
}

/* Jansson escapes control characters of ASCII; a terminal acts on others, too. */
static void write_escaped(const char *text, FILE *out)
{
    uint32_t code = 0;

    for (size_t size; *text != '\0'; text += size) {
        size = tc_utf8_read(text, &code);
        if (code >= 0x80 && !tc_utf8_is_shown(code))
            fprintf(out, "\\u%04" PRIx32, code);
        else
            fwrite(text, 1, size, out);
    }
}

bool json_write(const json_t *result, FILE *out)
{
    char *const text = json_dumps(result, JSON_INDENT(2) | JSON_REAL_PRECISION(9));

    if (text == NULL)
        return false;
    write_escaped(text, out);
    fputc('\n', out);
    free(text);
    return true;
}

bool json_print(const json_t *result)
{
    return json_write(result, stdout);
}
