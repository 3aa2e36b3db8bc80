/** @file
 *  The bytes of a file or of a pipe at any offset, as far as a pipe has not been read further. */
#ifndef TONECELL_BYTE_SOURCE_H
#define TONECELL_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A pipe's bytes are kept in a window of it: those of the header while it is read. */
struct byte_source {
    int fd;
    bool is_pipe;
    int64_t size;     /* of a file; of a pipe INT64_MAX */
    int64_t position; /* of a pipe: bytes that were read from it */
    bool keep;        /* of a pipe: what is read enters the window, up to a limit */
    unsigned char *window;
    int64_t window_start;
    size_t window_size;
};

/** Of an open file or pipe at its start, which byte_source_close() closes. */
struct byte_source byte_source_of(int fd, bool is_pipe);
void byte_source_close(struct byte_source *source);

/** Read up to n bytes from offset `at`: fewer only at the end, after an error, or where a pipe's
 *  bytes are no longer or not yet to be had, since others between have not been read. */
size_t byte_source_read(struct byte_source *source, int64_t at, unsigned char *bytes, size_t n);

/** The same if all n bytes are there. */
bool byte_source_read_all(struct byte_source *source, int64_t at, unsigned char *bytes, size_t n);

/** Keep from now on what a pipe gives, or no longer; the window becomes empty if it does. */
void byte_source_keep(struct byte_source *source, bool keep);

#endif
