/** @file
 *  Reading whole files, and the first and last steps of writing one piece by piece. Shared by the
 *  formats and the tools, as a convenience library. Writing a whole file is tc_file_replace() of
 *  tonecell.h. */
#ifndef TC_FILE_H
#define TC_FILE_H

#include "tonecell.h"

#include <limits.h>

/** Read a file of at most `limit` bytes into memory that the caller frees. Pipes work, too.
 *  Errors: TC_IO, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                            struct tc_error *error);

/** Characters of the folder in a path, its last slash included; 0 if it names none. */
size_t tc_file_folder_length(const char *path);

/** Set `path` to the first `length` bytes of `from` and `name`. False if that is too long, and
 * errno is ENAMETOOLONG. */
bool tc_file_set_path(char path[PATH_MAX], const char *from, size_t length, const char *name);

/** Create a file in the folder of `path` that may be renamed to it once it is complete, open for
 *  reading and writing, with the rights that the umask leaves of `mode`. Its name is short, so that
 *  any name which fits the file system can be written. Any threads may do so at the same time.
 *  Returns the file, and its path in `beside`; negative on failure, and errno says why. */
int tc_file_create_beside(const char *path, unsigned mode, char beside[PATH_MAX]);

/** Make a rename to `path` outlive a power cut. Some file systems cannot, and by now either name
 *  holds a complete file, so that a failure is none. */
void tc_file_sync_folder(const char *path);

#endif
