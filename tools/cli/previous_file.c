#include "config.h"
#include "cli/previous_file.h"

#include "cli/paths.h"
#include "cli/talk.h"
#include "files/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger files are no models. */
enum { MAX_BYTES = 1 << 30 };

enum { MAX_NAMES = 10000 };

/* The name number n, from 1. False if it is too long. */
static bool set_name(char name[PATH_MAX], const char *path, unsigned n)
{
    char number[16] = "";

    if (n > 1)
        (void)snprintf(number, sizeof number, "-%u", n);
    return snprintf(name, PATH_MAX, "%s.previous%s", path, number) < PATH_MAX;
}

/* For file systems without hard links. */
static enum tc_status copy(const char *path, const char *name, mode_t mode, struct tc_error *error)
{
    unsigned char *bytes = NULL;
    size_t size;
    enum tc_status status = tc_file_read(path, MAX_BYTES, &bytes, &size, error);

    if (status == TC_OK)
        status = tc_file_replace(name, bytes, size, mode, error);
    free(bytes);
    return status;
}

static enum tc_status keep(const char *path, mode_t mode, char name[PATH_MAX],
                           struct tc_error *error)
{
    for (unsigned n = 1; n <= MAX_NAMES && set_name(name, path, n); ++n) {
        if (same_file(name, path)) /* of a call that was killed */
            return TC_OK;
        if (access(name, F_OK) == 0)
            continue;
        if (linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0)
            return TC_OK;
        if (errno != EEXIST)
            return copy(path, name, mode, error);
    }
    return tc_fail(error, TC_IO, "there is no free name for it");
}

bool previous_file_keep(struct previous_file *previous, const char *path)
{
    struct tc_error error;
    struct stat about;

    *previous = (struct previous_file){.path = path};
    if (stat(path, &about) != 0 || about.st_size == 0)
        return true;
    if (keep(path, about.st_mode & 0777, previous->kept, &error) == TC_OK)
        return true;
    talk_error(path, "cannot be kept as %s: %s; give another name, or --force to replace it",
               previous->kept, error.message);
    previous->kept[0] = '\0';
    return false;
}

static bool same_bytes(const char *a, const char *b)
{
    unsigned char *in_a = NULL, *in_b = NULL;
    size_t size_a, size_b;
    const bool same = tc_file_read(a, MAX_BYTES, &in_a, &size_a, NULL) == TC_OK &&
                      tc_file_read(b, MAX_BYTES, &in_b, &size_b, NULL) == TC_OK &&
                      size_a == size_b && memcmp(in_a, in_b, size_a) == 0;

    free(in_a);
    free(in_b);
    return same;
}

void previous_file_report(const struct previous_file *previous)
{
    if (previous->kept[0] == '\0')
        return;
    if (same_file(previous->path, previous->kept) || same_bytes(previous->path, previous->kept))
        (void)unlink(previous->kept);
    else
        talk_say(previous->path, "the file that was there is kept as %s", previous->kept);
}
