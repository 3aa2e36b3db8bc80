#include "config.h"

#include "files/new_file.h"

#include "files/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name of the file in its own folder, whose name begins so. */
#define OWN_NAME "new"
#define PREFIX ".tonecell-"

enum { MAX_TRIES = 1000, HOST_SIZE = 33, OWN_PATH_SIZE = TC_NEW_FOLDER_SIZE + sizeof OWN_NAME };

/* Of processes on other machines that share the folder nothing is known. */
static void host_name(char host[HOST_SIZE])
{
    if (gethostname(host, HOST_SIZE) != 0)
        strcpy(host, "host");
    host[HOST_SIZE - 1] = '\0';
}

static void own_path(const struct tc_new_file *file, char path[OWN_PATH_SIZE])
{
    snprintf(path, OWN_PATH_SIZE, "%s/%s", file->own_folder, OWN_NAME);
}

/* ------------------------------------------------------------------ the folder of its own */

static bool make_own_folder(struct tc_new_file *file)
{
    char host[HOST_SIZE];

    host_name(host);
    for (unsigned i = 0; i < MAX_TRIES; ++i) {
        snprintf(file->own_folder, sizeof file->own_folder, PREFIX "%s-%ld-%u", host,
                 (long)getpid(), i);
        if (mkdirat(file->folder, file->own_folder, 0700) == 0)
            return true;
        if (errno != EEXIST)
            break;
    }
    file->own_folder[0] = '\0';
    return false;
}

static void remove_own_folder(struct tc_new_file *file)
{
    const int reason = errno;
    char path[OWN_PATH_SIZE];

    if (file->own_folder[0] == '\0')
        return;
    own_path(file, path);
    (void)unlinkat(file->folder, path, 0);
    (void)unlinkat(file->folder, file->own_folder, AT_REMOVEDIR);
    file->own_folder[0] = '\0';
    errno = reason;
}

/* ------------------------------------------------------------------ creating */

static bool open_folder(struct tc_new_file *file, const char *path)
{
    const size_t length = tc_file_folder_length(path);
    char folder[PATH_MAX];

    if (strlen(path + length) >= sizeof file->name) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(file->name, path + length);
    if (!tc_file_set_path(folder, path, length, length ? "" : "."))
        return false;
    file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return file->folder >= 0;
}

/* It gets its name through /proc. */
static bool open_nameless(struct tc_new_file *file, unsigned mode)
{
#ifdef O_TMPFILE
    if (access("/proc/self/fd", X_OK) == 0)
        file->fd = openat(file->folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
#else
    (void)mode;
#endif
    return file->fd >= 0;
}

static bool open_named(struct tc_new_file *file, unsigned mode)
{
    char path[OWN_PATH_SIZE];

    if (!make_own_folder(file))
        return false;
    own_path(file, path);
    file->fd = openat(file->folder, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->fd < 0)
        remove_own_folder(file);
    return file->fd >= 0;
}

bool tc_new_file_open(struct tc_new_file *file, const char *path, unsigned mode)
{
    *file = (struct tc_new_file){.fd = -1, .folder = -1};
    if (!open_folder(file, path))
        return false;
    if (open_nameless(file, mode) || open_named(file, mode))
        return true;
    tc_new_file_discard(file);
    return false;
}

/* ------------------------------------------------------------------ completing */

static bool link_to(const struct tc_new_file *file, const char *path)
{
    char fd[32];

    snprintf(fd, sizeof fd, "/proc/self/fd/%d", file->fd);
    return linkat(AT_FDCWD, fd, file->folder, path, AT_SYMLINK_FOLLOW) == 0;
}

/* A link does not replace a file, but a rename does. */
static bool replace(struct tc_new_file *file)
{
    char path[OWN_PATH_SIZE];

    own_path(file, path);
    return renameat(file->folder, path, file->folder, file->name) == 0;
}

static bool link_and_replace(struct tc_new_file *file)
{
    char path[OWN_PATH_SIZE];

    if (!make_own_folder(file))
        return false;
    own_path(file, path);
    return link_to(file, path) && replace(file);
}

static bool give_name(struct tc_new_file *file)
{
    if (file->own_folder[0] != '\0')
        return replace(file);
    return link_to(file, file->name) || (errno == EEXIST && link_and_replace(file));
}

bool tc_new_file_complete(struct tc_new_file *file)
{
    const bool complete = fsync(file->fd) == 0 && give_name(file);

    /* Some file systems cannot sync a folder, and the file is complete under either name. */
    if (complete)
        (void)fsync(file->folder);
    tc_new_file_discard(file);
    return complete;
}

void tc_new_file_discard(struct tc_new_file *file)
{
    const int reason = errno;

    remove_own_folder(file);
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    *file = (struct tc_new_file){.fd = -1, .folder = -1};
    errno = reason;
}

/* ------------------------------------------------------------------ sweeping */

/* Whether it is the folder of a file of this machine whose process is no more. */
static bool is_left_over(const char *name)
{
    char host[HOST_SIZE], expected[TC_NEW_FOLDER_SIZE];
    int length;
    long pid;
    unsigned number;

    host_name(host);
    length = snprintf(expected, sizeof expected, PREFIX "%s-", host);
    return strncmp(name, expected, (size_t)length) == 0 &&
           sscanf(name + length, "%ld-%u", &pid, &number) == 2 && pid > 0 &&
           kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static DIR *list_folder(int folder)
{
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const list = fd >= 0 ? fdopendir(fd) : NULL;

    if (!list && fd >= 0)
        close(fd);
    return list;
}

void tc_new_files_sweep(const char *path)
{
    struct tc_new_file left = {.fd = -1, .folder = -1};
    const struct dirent *entry;
    DIR *folder = NULL;

    if (open_folder(&left, path))
        folder = list_folder(left.folder);
    while (folder && (entry = readdir(folder)) != NULL)
        if (is_left_over(entry->d_name) && strlen(entry->d_name) < sizeof left.own_folder) {
            strcpy(left.own_folder, entry->d_name);
            remove_own_folder(&left);
        }
    if (folder)
        closedir(folder);
    tc_new_file_discard(&left);
}
