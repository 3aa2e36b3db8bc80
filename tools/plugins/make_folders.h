/** @file
 *  Folders for the files that belong to plugins. */
#ifndef TONECELL_MAKE_FOLDERS_H
#define TONECELL_MAKE_FOLDERS_H

#include <stdbool.h>

#include "tonecell.h"

/** Make the folder of a file, and those above it, as far as they are missing. False on failure. */
bool make_folders_of(const char *path, struct tc_error *error);

#endif
