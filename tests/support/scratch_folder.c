#include "config.h" /* for nftw() */
#include "scratch_folder.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[PATH_MAX];

const char *scratch_folder_enter(void)
{
    const char *const base = getenv("TMPDIR");
    const int length =
        snprintf(folder, sizeof folder, "%s/tonecell-check.XXXXXX", base && *base ? base : "/tmp");

    if (length < (int)sizeof folder && mkdtemp(folder) && chdir(folder) == 0 &&
        getcwd(folder, sizeof folder)) /* TMPDIR may be relative */
        return folder;
    folder[0] = '\0'; /* so that no truncated path is removed */
    return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *position)
{
    (void)st;
    (void)type;
    (void)position;
    return remove(path);
}

bool scratch_folder_leave(void)
{
    enum { OPEN_FOLDERS = 8 };

    return chdir("/") == 0 && nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0;
}
