#include "cli/json_result.h"

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

bool json_write(const json_t *result, FILE *out)
{
    if (json_dumpf(result, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) != 0)
        return false;
    fputc('\n', out);
    return true;
}

bool json_print(const json_t *result)
{
    return json_write(result, stdout);
}
