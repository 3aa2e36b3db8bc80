#include "config.h"
#include "audio/output_file.h"

#include "files/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tc_status no_write(struct tc_error *error)
{
    return tc_fail(error, TC_IO, "cannot write: %s", strerror(errno));
}

bool output_is_stream(const char *path)
{
    struct stat st;

    return strcmp(path, "-") == 0 ||
           (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

/* ------------------------------------------------------------------------- opening */

/* A new file beside the target, with the rights that the target has or would get. */
static enum tc_status open_temporary(struct output_file *output, const char *path,
                                     const struct stat *old, struct tc_error *error)
{
    const mode_t mode = old ? old->st_mode & 07777 : 0666;
    char temporary[PATH_MAX];

    output->path = old ? realpath(path, NULL) : strdup(path); /* not a link: what it points to */
    if (!output->path)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    output->fd = tc_file_create_beside(output->path, mode, temporary);
    if (output->fd < 0)
        return no_write(error);
    output->temporary = strdup(temporary);
    if (!output->temporary) {
        unlink(temporary);
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    }
    return old && fchmod(output->fd, mode) != 0 ? no_write(error) : TC_OK;
}

enum tc_status output_open(struct output_file *output, const char *path, struct tc_error *error)
{
    struct stat old;
    const bool exists = stat(path, &old) == 0;

    *output = (struct output_file){.fd = -1};
    if (strcmp(path, "-") == 0) {
        if (isatty(STDOUT_FILENO))
            return tc_fail(error, TC_IO, "is a terminal, expected a pipe or file");
        output->fd = dup(STDOUT_FILENO);
    } else if (exists && S_ISDIR(old.st_mode)) {
        return tc_fail(error, TC_IO, "is a folder, expected a file to write");
    } else if (exists && !S_ISREG(old.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else if (exists && access(path, W_OK) != 0) {
        return no_write(error);
    } else {
        return open_temporary(output, path, exists ? &old : NULL, error);
    }
    return output->fd < 0 ? no_write(error) : TC_OK;
}

/* ------------------------------------------------------------------------- bytes */

off_t output_write(struct output_file *output, const void *bytes, off_t n)
{
    off_t done = 0;

    while (done < n && !output->reason) {
        const ssize_t step = write(output->fd, (const char *)bytes + done, (size_t)(n - done));

        if (step > 0)
            done += step;
        else if (errno != EINTR)
            output->reason = errno ? errno : EIO;
    }
    output->position += done;
    return done;
}

off_t output_read(const struct output_file *output, void *bytes, off_t n)
{
    return output->temporary ? read(output->fd, bytes, (size_t)n) : 0;
}

off_t output_seek(const struct output_file *output, off_t offset, int whence)
{
    return output->temporary ? lseek(output->fd, offset, whence) : output->position;
}

off_t output_length(const struct output_file *output)
{
    struct stat st;

    return output->temporary && fstat(output->fd, &st) == 0 ? st.st_size : output->position;
}

/* ------------------------------------------------------------------------- the end */

enum tc_status output_commit(struct output_file *output, struct tc_error *error)
{
    if (!output->temporary)
        return TC_OK;
    if (fsync(output->fd) != 0 || rename(output->temporary, output->path) != 0)
        return no_write(error);
    free(output->temporary);
    output->temporary = NULL;
    tc_file_sync_folder(output->path);
    return TC_OK;
}

void output_discard(struct output_file *output)
{
    if (output->temporary)
        unlink(output->temporary);
    if (output->fd >= 0)
        close(output->fd);
    free(output->temporary);
    free(output->path);
}
