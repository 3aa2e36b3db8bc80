/** @file
 *  Results as JSON, which --json asks for. */
#ifndef TONECELL_JSON_RESULT_H
#define TONECELL_JSON_RESULT_H

#include "cli/options.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/** The option: a bool. */
#define JSON_OPTION(offset)                                                                 \
    OPT_ROW(0, "json", OPT_FLAG, offset, 0, 0, NULL, "print the result as one JSON object", \
            GROUP_OUTPUT, EVERYDAY)

/** null for NaN and infinities, which JSON does not have. */
json_t *json_number(double value);

/** Set a key to a count. */
void json_set_count(json_t *object, const char *key, uint64_t value);

/** The name of a file; one that is not UTF-8, which JSON cannot hold, with ? for its other bytes.
 */
json_t *json_path(const char *path);

/** Write it, with a newline at its end. False if it is no JSON: NULL, or with texts that are not
 *  UTF-8. */
bool json_write(const json_t *result, FILE *out);

/** The same to stdout. */
bool json_print(const json_t *result);

#endif
