/** @file
 *  The LADSPA folders of this machine. */
#ifndef TONECELL_PLUGIN_FOLDERS_H
#define TONECELL_PLUGIN_FOLDERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/** The user's own folder, $HOME/.ladspa. False when there is no HOME. */
bool user_folder(char path[PATH_MAX]);

/** The folder that `make install` put the plugin into. */
const char *system_folder(void);

/** Set `value` for LADSPA_PATH: `folder`, then all LADSPA folders of this machine, since with
 *  LADSPA_PATH set hosts search no others. Cut off at size - 1 bytes. */
void path_with_folder(char *value, size_t size, const char *folder);

/** True if a list of folders such as LADSPA_PATH, separated by colons, names `folder`. */
bool is_in_search_path(const char *list, const char *folder);

/** Call visit for every .so file of every LADSPA folder: the user's own first, then those of
 *  LADSPA_PATH, then the system's; each file once. Stops when visit returns false. */
void plugin_folders_visit(bool (*visit)(const char *path, void *context), void *context);

#endif
