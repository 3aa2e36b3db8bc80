#include "formats/array.h"

#include "formats/json.h"
#include "formats/safetensors.h"

#include <math.h>

static enum tc_status check_row(const json_t *row, const char *name, size_t index, size_t cols,
                                struct tc_error *error)
{
    if (!json_is_array(row))
        return tc_fail(error, TC_BAD_FORMAT, "'%s': row %zu is %s, expected a list of numbers",
                       TC_SHOWN(name), index, tc_json_kind(row));
    if (json_array_size(row) != cols)
        return tc_fail(error, TC_BAD_SHAPE,
                       "'%s' is ragged: row %zu has %zu values, but the first has %zu",
                       TC_SHOWN(name), index, json_array_size(row), cols);
    if (json_is_array(json_array_get(row, 0)))
        return tc_fail(error, TC_BAD_FORMAT, "'%s' has more than two dimensions", TC_SHOWN(name));
    return TC_OK;
}

enum tc_status tc_array_shape(const json_t *json, const char *name, struct tc_array_shape *shape,
                              struct tc_error *error)
{
    const json_t *const first = json_array_get(json, 0);
    enum tc_status status = TC_OK;

    if (!json_is_array(json))
        return tc_fail(error, TC_BAD_FORMAT, "'%s' is %s, expected a list of numbers",
                       TC_SHOWN(name), json ? tc_json_kind(json) : "missing");
    *shape = (struct tc_array_shape){1, {json_array_size(json), 0}};
    if (!json_is_array(first))
        return TC_OK;
    *shape = (struct tc_array_shape){2, {json_array_size(json), json_array_size(first)}};
    for (size_t i = 0; status == TC_OK && i < shape->size[0]; ++i)
        status = check_row(json_array_get(json, i), name, i, shape->size[1], error);
    return status;
}

enum tc_status tc_array_expect(const struct tc_array_shape *shape, const char *name, size_t rows,
                               size_t cols, struct tc_error *error)
{
    const size_t expected[2] = {rows, cols};
    struct tc_shape_text found_text, expected_text;
    const unsigned dims = cols ? 2 : 1;

    if (shape->dims != dims)
        return tc_fail(error, TC_BAD_SHAPE, "'%s' has %u dimension%s, expected %u (%s)",
                       TC_SHOWN(name), shape->dims, shape->dims == 1 ? "" : "s", dims,
                       tc_shape_show(&expected_text, expected, dims));
    if (shape->size[0] != rows || shape->size[1] != cols)
        return tc_fail(error, TC_BAD_SHAPE, "'%s' has the size %s, expected %s", TC_SHOWN(name),
                       tc_shape_show(&found_text, shape->size, dims),
                       tc_shape_show(&expected_text, expected, dims));
    return TC_OK;
}

static enum tc_status read_values(const json_t *list, const char *name, size_t first, size_t n,
                                  float *values, struct tc_error *error)
{
    for (size_t i = 0; i < n; ++i) {
        const json_t *const value = json_array_get(list, i);

        if (!json_is_number(value))
            return tc_fail(error, TC_BAD_FORMAT, "'%s': value %zu is %s, expected a number",
                           TC_SHOWN(name), first + i, tc_json_kind(value));
        values[i] = (float)json_number_value(value);
        if (!isfinite(values[i]))
            return tc_fail(error, TC_BAD_VALUE,
                           "'%s': value %zu is %g, too large for a 32-bit float", TC_SHOWN(name),
                           first + i, json_number_value(value));
    }
    return TC_OK;
}

enum tc_status tc_array_floats(const json_t *json, const char *name,
                               const struct tc_array_shape *shape, float *values,
                               struct tc_error *error)
{
    const size_t rows = shape->size[0], cols = shape->size[1];
    enum tc_status status = TC_OK;

    if (shape->dims == 1)
        return read_values(json, name, 0, rows, values, error);
    for (size_t i = 0; status == TC_OK && i < rows; ++i)
        status =
            read_values(json_array_get(json, i), name, i * cols, cols, values + i * cols, error);
    return status;
}

enum tc_status tc_array_read(const json_t *json, const char *name, size_t rows, size_t cols,
                             float *values, struct tc_error *error)
{
    struct tc_array_shape shape;
    enum tc_status status = tc_array_shape(json, name, &shape, error);

    if (status == TC_OK)
        status = tc_array_expect(&shape, name, rows, cols, error);
    return status ? status : tc_array_floats(json, name, &shape, values, error);
}
