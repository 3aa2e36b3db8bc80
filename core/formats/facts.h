/** @file
 *  What the readers of other programs' files say in the same way: rates, knobs, texts. */
#ifndef TC_FACTS_H
#define TC_FACTS_H

#include "tonecell.h"

#include <jansson.h>

/** Facts of a format (a constant text) before anything is known of the file. */
void tc_facts_init(struct tc_file_facts *facts, const char *format);

/** Add a clause to the warning. */
void tc_facts_warn(struct tc_file_facts *facts, const char *format, ...) TC_PRINTF(2, 3);

/** The rate of a file: `found` if that is one (neither NAN nor below or at 0), else `usual`. */
void tc_facts_rate(struct tc_file_facts *facts, struct tc_metadata *meta, double found,
                   double usual);

/** A text of at most `size` bytes, or none if `json` is no string (NULL too). */
void tc_facts_text(char *to, size_t size, const json_t *json);

/** A level in dB; NAN unless `json` is a number. */
float tc_facts_level(const json_t *json);

/** The text of an object, for free(), as a record of how a model was made; NULL if `json` is none
 *  (NULL too). Errors: TC_NO_MEMORY. */
enum tc_status tc_facts_record(char **record, const json_t *json, struct tc_error *error);

/** A knob from 0 to 1 that the network is given as it is. */
struct tc_knob tc_facts_knob(const char *name, float initial);

#endif
