/** @file
 *  The report of `tonecell info` on several models: a line or JSON entry each. */
#ifndef TONECELL_INFO_LIST_H
#define TONECELL_INFO_LIST_H

#include <stdbool.h>

/** True for a folder that is not itself a model (of Neural Amp Modeler 0.4). */
bool info_is_folder(const char *path);

/** Print a line, or with `as_json` an entry, for each of n models; a folder stands for those in it
 *  whose names end as models' do. Nothing is timed. Returns 0, or 1 after talk_error() for each
 *  file that cannot be read. */
int info_list(unsigned n, char **paths, bool as_json);

#endif
