/** @file
 *  Tensors that JSON holds as lists of numbers, or as lists of such lists. */
#ifndef TC_ARRAY_H
#define TC_ARRAY_H

#include "tonecell.h"

#include <jansson.h>

/** The shape of a list: n values, or a matrix of rows x cols. */
struct tc_array_shape {
    unsigned dims;  /* 1 or 2 */
    size_t size[2]; /* size[1] is 0 if dims is 1 */
};

/** The shape of a list. `name` is for messages. Errors: TC_BAD_FORMAT (no list, or more than two
 *  dimensions), TC_BAD_SHAPE (rows of different lengths). */
enum tc_status tc_array_shape(const json_t *json, const char *name, struct tc_array_shape *shape,
                              struct tc_error *error);

/** Fail with TC_BAD_SHAPE unless the shape is rows x cols; cols = 0 expects a list. */
enum tc_status tc_array_expect(const struct tc_array_shape *shape, const char *name, size_t rows,
                               size_t cols, struct tc_error *error);

/** Read the values of a list of that shape, row by row. Errors: TC_BAD_FORMAT (a value is not a
 *  number), TC_BAD_VALUE (not finite as a float). */
enum tc_status tc_array_floats(const json_t *json, const char *name,
                               const struct tc_array_shape *shape, float *values,
                               struct tc_error *error);

/** Read a list of an expected shape: all three functions above. */
enum tc_status tc_array_read(const json_t *json, const char *name, size_t rows, size_t cols,
                             float *values, struct tc_error *error);

#endif
