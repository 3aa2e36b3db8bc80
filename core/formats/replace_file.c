#include "config.h"

#include "files/file.h"
#include "files/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tc_status io_error(struct tc_error *error, const char *what)
{
    return tc_fail(error, TC_IO, "%s: %s", what, strerror(errno));
}

/** Follow symbolic links, also to a file that does not exist yet. */
static bool follow_links(char destination[PATH_MAX], const char *path)
{
    enum { MAX_LINKS = 40 };
    char from[PATH_MAX], target[PATH_MAX];

    if (!tc_file_set_path(destination, "", 0, path))
        return false;
    for (unsigned i = 0; i < MAX_LINKS; ++i) {
        const ssize_t n = readlink(destination, target, sizeof target - 1);

        if (n < 0)
            return true;
        target[n] = '\0';
        strcpy(from, destination);
        if (!tc_file_set_path(destination, from, target[0] == '/' ? 0 : tc_file_folder_length(from),
                              target))
            return false;
    }
    errno = ELOOP;
    return false;
}

/** Check whether the destination may be replaced. *mode becomes that of an existing file. */
static enum tc_status check_destination(const char *destination, mode_t *mode, bool *exists,
                                        struct tc_error *error)
{
    struct stat st;

    *exists = stat(destination, &st) == 0;
    if (!*exists)
        return errno == ENOENT ? TC_OK : io_error(error, "cannot write");
    if (S_ISDIR(st.st_mode))
        return tc_fail(error, TC_IO, "cannot write: a folder has this name");
    if (!S_ISREG(st.st_mode))
        return tc_fail(error, TC_IO, "cannot write: not a regular file");
    if (faccessat(AT_FDCWD, destination, W_OK, AT_EACCESS) != 0)
        return io_error(error, "cannot write");
    *mode = st.st_mode & 0777;
    return TC_OK;
}

static bool write_fully(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

enum tc_status tc_file_replace(const char *path, const void *bytes, size_t size, unsigned mode,
                               struct tc_error *error)
{
    char destination[PATH_MAX];
    struct tc_new_file file;
    mode_t file_mode = mode;
    enum tc_status status;
    bool exists;

    if (!follow_links(destination, path))
        return io_error(error, "cannot write");
    status = check_destination(destination, &file_mode, &exists, error);
    if (status)
        return status;
    if (!tc_new_file_open(&file, destination, file_mode))
        return io_error(error, "cannot create a file in this folder");
    if (!write_fully(file.fd, bytes, size) || (exists && fchmod(file.fd, file_mode) != 0)) {
        status = io_error(error, "cannot write");
        tc_new_file_discard(&file);
        return status;
    }
    return tc_new_file_complete(&file) ? TC_OK : io_error(error, "cannot write");
}
