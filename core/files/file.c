#include "config.h"

#include "files/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Fail with the text of errno after what could not be done. */
static enum tc_status io_error(struct tc_error *error, const char *what)
{
    return tc_fail(error, TC_IO, "%s: %s", what, strerror(errno));
}

/* ------------------------------------------------------------------------- reading */

/** read(2) until `size` bytes are read or the file ends; negative on failure. */
static ssize_t read_fully(int fd, unsigned char *bytes, size_t size)
{
    size_t done = 0;

    while (done < size) {
        const ssize_t n = read(fd, bytes + done, size - done);

        if (n == 0)
            break;
        if (n < 0 && errno != EINTR)
            return -1;
        done += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)done;
}

/** Read to the end, doubling the memory as needed. `guess` is the expected size; a pipe has none.
 * On failure the caller frees *bytes. */
static enum tc_status read_growing(int fd, size_t guess, size_t limit, unsigned char **bytes,
                                   size_t *size, struct tc_error *error)
{
    size_t capacity = guess < limit ? guess + 1 : limit + 1;

    for (*size = 0;;) {
        unsigned char *const grown = realloc(*bytes, capacity);
        ssize_t n;

        if (!grown)
            return tc_fail(error, TC_NO_MEMORY, "no memory for %zu bytes of file", capacity);
        *bytes = grown;
        n = read_fully(fd, *bytes + *size, capacity - *size);
        if (n < 0)
            return io_error(error, "cannot read");
        *size += (size_t)n;
        if (*size > limit)
            return tc_fail(error, TC_TOO_LARGE, "file has more than the %zu bytes allowed", limit);
        if (*size < capacity)
            return TC_OK;
        capacity = capacity <= limit / 2 ? 2 * capacity : limit + 1;
    }
}

enum tc_status tc_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                            struct tc_error *error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *found = NULL;
    size_t found_size = 0;
    enum tc_status status;
    struct stat st;

    if (fd < 0)
        return io_error(error, "cannot open");
    if (fstat(fd, &st) != 0)
        status = io_error(error, "cannot read");
    else if (S_ISDIR(st.st_mode))
        status = tc_fail(error, TC_IO, "is a folder, expected a file");
    else
        status = read_growing(fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0xffff, limit, &found,
                              &found_size, error);
    close(fd);
    if (status) {
        free(found);
        return status;
    }
    *bytes = found;
    *size = found_size;
    return TC_OK;
}

/* ------------------------------------------------------------------------- paths */

size_t tc_file_folder_length(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

bool tc_file_set_path(char path[PATH_MAX], const char *from, size_t length, const char *name)
{
    if (length + strlen(name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    snprintf(path, PATH_MAX, "%.*s%s", (int)length, from, name);
    return true;
}
