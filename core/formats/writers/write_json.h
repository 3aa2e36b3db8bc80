/** @file
 *  Functions that the writers of JSON share. They return NULL without memory. */
#ifndef TC_WRITE_JSON_H
#define TC_WRITE_JSON_H

#include "tonecell.h"

#include <jansson.h>

/** A list of n numbers at a distance of `step` values. */
json_t *tc_json_list(const float *values, size_t n, size_t step);

/** A list of rows; of columns if `transposed`. */
json_t *tc_json_matrix(const float *values, size_t rows, size_t cols, bool transposed);

/** Add a member, stealing the reference of its value; false if that is NULL or memory runs out. */
bool tc_json_put(json_t *object, const char *key, json_t *value);

/** Add the rate as `samplerate`, a whole number if it is one, unless it is unknown or
 *  only assumed. False without
 *  memory. */
bool tc_json_put_rate(json_t *object, const struct tc_model *model);

/** Name, author, licence and knobs, as far as the model has them, and its sample rate if
 *  `with_rate`. The network in the file has knobs from 0 to 1. */
json_t *tc_json_texts(const struct tc_model *model, bool with_rate);

#endif
