/** @file
 *  Writing to stdout, to a device, or to a file that gets its name when it is complete. */
#ifndef TONECELL_OUTPUT_FILE_H
#define TONECELL_OUTPUT_FILE_H

#include "files/new_file.h"
#include "tonecell.h"

#include <sys/types.h>

struct output_file {
    int fd, reason;          /* reason: errno of the first write that failed, or 0 */
    bool is_stream;          /* stdout or a device, which cannot seek */
    off_t position;          /* of a stream, in bytes */
    struct tc_new_file file; /* if it is none */
};

/** stdout ("-"), or a file that cannot be replaced by another: a pipe or device. */
bool output_is_stream(const char *path);

/** Open a new file in the folder of `path`, with the rights that `path` has or would get; or
 *  stdout, or the device. Errors: TC_IO, TC_NO_MEMORY; output_discard() follows in
 *  either case. */
enum tc_status output_open(struct output_file *output, const char *path, struct tc_error *error);

/** Returns the bytes written: all, or fewer once output->reason is set. */
off_t output_write(struct output_file *output, const void *bytes, off_t n);

/** As read(2), lseek(2) and fstat(2) for a file; a stream has nothing to read and stays where it
 *  is. */
off_t output_read(const struct output_file *output, void *bytes, off_t n);
off_t output_seek(const struct output_file *output, off_t offset, int whence);
off_t output_length(const struct output_file *output);

/** Sync the file to disk and give it its name; output_discard() follows. A stream needs nothing. On
 *  failure an earlier file of that name is unchanged. */
enum tc_status output_commit(struct output_file *output, struct tc_error *error);

/** Close; a file that was not committed is removed. */
void output_discard(struct output_file *output);

#endif
