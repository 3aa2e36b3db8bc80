/** @file
 *  JSON from untrusted files: bounded in depth and without duplicate keys, read by getters
 *  whose messages say where, name the key, what was found and what was expected. */
#ifndef TC_JSON_H
#define TC_JSON_H

#include "tonecell.h"

#include <jansson.h>

enum { TC_JSON_DEPTH = 32 };

/** Storage for a text from a file in a message. */
struct tc_shown {
    char text[64];
};

/** tc_copy_text() for a message (copy_text.h). */
const char *tc_show(struct tc_shown *shown, const char *text);

/** tc_show() into an object that lives to the end of the enclosing block. */
#define TC_SHOWN(text) tc_show(&(struct tc_shown){{0}}, text)

/** Parse one value of any kind. `where` names the text in messages.
 *  Errors: TC_BAD_FORMAT, TC_BAD_VALUE for the words NaN and Infinity, TC_TOO_LARGE if its values
 *  take more than 256 MiB and eight times its size, TC_NO_MEMORY. */
enum tc_status tc_json_parse(json_t **json, const char *text, size_t size, const char *where,
                             struct tc_error *error);

/** Text of a value (flags as for json_dumps), which the caller frees; NULL without memory or
 *  value. json_dumps() itself silently leaves out keys when memory runs out. */
char *tc_json_dump(const json_t *json, size_t flags);

/** "an object", "a string": for messages. */
const char *tc_json_kind(const json_t *json);

/* A member of an object. Missing, or of another kind: TC_BAD_FORMAT. */

enum tc_status tc_json_text(const json_t *object, const char *key, const char *where,
                            const char **value, struct tc_error *error);

/** An integer from 0 to `max`; more is TC_TOO_LARGE. */
enum tc_status tc_json_unsigned(const json_t *object, const char *key, const char *where,
                                unsigned max, unsigned *value, struct tc_error *error);

/** A number that is finite as a float. */
enum tc_status tc_json_float(const json_t *object, const char *key, const char *where, float *value,
                             struct tc_error *error);

/** A number, or a string that holds one, in any locale; NAN for everything else (and NULL). */
double tc_json_number(const json_t *value);

#endif
