/** @file
 *  Reading whole files, and paths. Shared by the formats and the tools. Whole files are written by
 *  tc_file_replace() of tonecell.h, those in parts by new_file.h. */
#ifndef TC_FILE_H
#define TC_FILE_H

#include "tonecell.h"

#include <limits.h>

/** Read a file of at most `limit` bytes into memory that the caller frees. Pipes work, too.
 *  Errors: TC_IO, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                            struct tc_error *error);

/** The length of the folder part of a path, including its last slash; 0 if there is none. */
size_t tc_file_folder_length(const char *path);

/** Set `path` to the first `length` bytes of `from` and `name`. False if that is too long: errno
 *  is ENAMETOOLONG. */
bool tc_file_set_path(char path[PATH_MAX], const char *from, size_t length, const char *name);

#endif
