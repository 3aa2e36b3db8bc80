/** @file
 *  Reading whole files, and creating and completing files that are written in parts. Shared by the
 *  formats and the tools. Whole files are written by tc_file_replace() of tonecell.h. */
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

/** Create a file in the folder of `path` that may be renamed to it once it is complete, open for
 *  reading and writing, with permissions `mode` less the umask. Its name is short, so that no
 *  valid path becomes too long. May be called from several threads. Returns the file descriptor,
 * and the file's path in `beside`; negative on failure, with errno set. */
int tc_file_create_beside(const char *path, unsigned mode, char beside[PATH_MAX]);

/** Make a rename to `path` durable, by fsync() of its folder. Errors are ignored: some file systems
 *  do not support it, and the file is complete under either name. */
void tc_file_sync_folder(const char *path);

#endif
