/** @file
 *  Whole files, and the first and last steps of one that is written piece by piece. Writing a whole
 *  one is tc_file_replace() of tonecell.h. */
#ifndef TC_FILE_H
#define TC_FILE_H

#include "tonecell.h"

#include <limits.h>

/** Read a file of at most `limit` bytes into memory that the caller frees. Pipes work, too.
 *  Errors: TC_IO, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                            struct tc_error *error);

/** Create a file in the folder of `path` that may be renamed to it once it is complete, open for
 *  reading and writing, with the rights that the umask leaves of `mode`. Its name is short, so that
 *  any name which fits the file system can be written. Any threads may do so at the same time.
 *  Returns the file, and its path in `beside`; negative on failure, and errno says why. */
int tc_file_create_beside(const char *path, unsigned mode, char beside[PATH_MAX]);

/** Make a rename to `path` outlive a power cut. Some file systems cannot, and by now either name
 *  holds a complete file, so that a failure is none. */
void tc_file_sync_folder(const char *path);

#endif
