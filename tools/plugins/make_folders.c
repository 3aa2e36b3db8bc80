#include "plugins/make_folders.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool make_folders_of(const char *path, struct tc_error *error)
{
    char folder[PATH_MAX];

    if (snprintf(folder, sizeof folder, "%s", path) >= PATH_MAX) {
        tc_fail(error, TC_IO, "cannot make its folder: the name is too long");
        return false;
    }
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
            tc_fail(error, TC_IO, "cannot make the folder %s: %s", folder, strerror(errno));
            return false;
        }
        *slash = '/';
    }
    return true;
}
