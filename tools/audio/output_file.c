#include "config.h"
#include "audio/output_file.h"

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

/* A new file in the folder of the target, with the rights that the target has or would get. */
static enum tc_status open_new(struct output_file *output, const char *path, const struct stat *old,
                               struct tc_error *error)
{
    const mode_t mode = old ? old->st_mode & 07777 : 0666;
    char *const real = old ? realpath(path, NULL) : NULL; /* not a link: what it points to */
    bool opened;

    if (old && !real)
        return no_write(error);
    opened = tc_new_file_open(&output->file, real ? real : path, mode);
    free(real);
    if (!opened)
        return no_write(error);
    output->is_stream = false;
    output->fd = output->file.fd;
    return old && fchmod(output->fd, mode) != 0 ? no_write(error) : TC_OK;
}

enum tc_status output_open(struct output_file *output, const char *path, struct tc_error *error)
{
    struct stat old;
    const bool exists = stat(path, &old) == 0;

    *output = (struct output_file){.fd = -1, .is_stream = true};
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
        return open_new(output, path, exists ? &old : NULL, error);
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
    return output->is_stream ? 0 : read(output->fd, bytes, (size_t)n);
}

off_t output_seek(const struct output_file *output, off_t offset, int whence)
{
    return output->is_stream ? output->position : lseek(output->fd, offset, whence);
}

off_t output_length(const struct output_file *output)
{
    struct stat st;

    return !output->is_stream && fstat(output->fd, &st) == 0 ? st.st_size : output->position;
}

/* ------------------------------------------------------------------------- the end */

enum tc_status output_commit(struct output_file *output, struct tc_error *error)
{
    if (output->is_stream)
        return TC_OK;
    output->fd = -1;
    return tc_new_file_complete(&output->file) ? TC_OK : no_write(error);
}

void output_discard(struct output_file *output)
{
    if (output->is_stream && output->fd >= 0)
        close(output->fd);
    else if (output->fd >= 0)
        tc_new_file_discard(&output->file);
    output->fd = -1;
}
