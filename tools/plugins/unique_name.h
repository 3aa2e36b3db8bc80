/** @file
 *  Names under which hosts can tell the installed models apart. */
#ifndef TONECELL_UNIQUE_NAME_H
#define TONECELL_UNIQUE_NAME_H

#include "plugins/used_ids.h"

/** The library other than `except` that has a plugin of the name that hosts would show for a model,
 *  mono or stereo; NULL if there is none. */
const char *unique_name_other(const struct used_ids *used, const struct tc_metadata *meta,
                              const char *label, const char *except);

/** Give the model a name that no library other than `except` has: its own, else with the label in
 *  parentheses, else with a number. */
void unique_name_choose(struct tc_metadata *meta, const struct used_ids *used, const char *label,
                        const char *except);

#endif
