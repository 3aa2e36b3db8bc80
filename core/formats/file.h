/** @file
 *  Whole files. Writing is tc_file_replace() of tonecell.h. */
#ifndef TC_FILE_H
#define TC_FILE_H

#include "tonecell.h"

/** Read a file of at most `limit` bytes into memory that the caller frees. Pipes work, too.
 *  Errors: TC_IO, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                            struct tc_error *error);

#endif
