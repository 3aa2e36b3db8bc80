/** @file
 *  What the readers of other programs' files share: rates, knobs, texts. */
#ifndef TC_FACTS_H
#define TC_FACTS_H

#include "tonecell.h"

#include <jansson.h>

/** Initial facts for a file of a format (a static text). */
void tc_facts_init(struct tc_file_facts *facts, const char *format);

/** Add a clause to the warning. */
void tc_facts_warn(struct tc_file_facts *facts, const char *format, ...) TC_PRINTF(2, 3);

/** Set the sample rate: `found` if that is positive (not NAN), else `assumed`. */
void tc_facts_rate(struct tc_metadata *meta, double found, double assumed);

/** Copy a text into `size` bytes; empty if `json` is not a string, or NULL. */
void tc_facts_text(char *to, size_t size, const json_t *json);

/** A level in dB; NAN unless `json` is a number. */
float tc_facts_level(const json_t *json);

/** The text of an object, which the caller frees, as the record of a training; NULL if `json` is
 * not an object, or NULL. Errors: TC_NO_MEMORY. */
enum tc_status tc_facts_record(char **record, const json_t *json, struct tc_error *error);

/** Read the descriptions of the first `knobs` knobs that Tonecell writes into the object `metadata`
 *  of other formats, whose networks have knobs from 0 to 1. Without them, or with descriptions of
 *  another number of knobs, meta->knob is unchanged. */
void tc_facts_knobs(const json_t *metadata, unsigned knobs, struct tc_metadata *meta);

/** A knob from 0 to 1, passed to the network without scaling. */
struct tc_knob tc_facts_knob(const char *name, float initial);

#endif
