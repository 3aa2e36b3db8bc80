/** @file
 *  Settings in a JSON object (settings.h). */
#ifndef TONECELL_SETTINGS_JSON_H
#define TONECELL_SETTINGS_JSON_H

#include "cli/settings_store.h"

/** Store the members of the object that `text` is. The texts of the options are written over it, so
 *  it must live as long as they do. False after settings_fail(). */
bool settings_read_json(struct settings *settings, char *text);

#endif
