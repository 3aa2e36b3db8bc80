/** @file
 *  Tensors that JSON holds as lists of numbers, or as lists of such lists. */
#ifndef TC_ARRAY_H
#define TC_ARRAY_H

#include "tonecell.h"

#include <jansson.h>

/** What a list turned out to be: n values, or a matrix of rows x cols. */
struct tc_array_shape {
    unsigned dims;  /* 1 or 2 */
    size_t size[2]; /* the second is 0 of a list */
};

/** The shape of a list. `name` is for messages. Errors: TC_BAD_FORMAT (no list, or more than two
 *  dimensions), TC_BAD_SHAPE (rows of different lengths). */
enum tc_status tc_array_shape(const json_t *json, const char *name, struct tc_array_shape *shape,
                              struct tc_error *error);

/** Fail with TC_BAD_SHAPE unless the shape is rows x cols; cols = 0 expects a list. */
enum tc_status tc_array_expect(const struct tc_array_shape *shape, const char *name, size_t rows,
                               size_t cols, struct tc_error *error);

/** The values of a list whose shape was found, row by row. Errors: TC_BAD_FORMAT (a value that is
 *  no number), TC_BAD_VALUE (one that is no finite float). */
enum tc_status tc_array_floats(const json_t *json, const char *name,
                               const struct tc_array_shape *shape, float *values,
                               struct tc_error *error);

/** All three: a list of that shape. */
enum tc_status tc_array_read(const json_t *json, const char *name, size_t rows, size_t cols,
                             float *values, struct tc_error *error);

#endif
