#include "config.h" /* for nftw() */
#include "temp_folder.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[PATH_MAX];

void temp_folder_enter(void)
{
    const char *const base = getenv("TMPDIR");
    const int length =
        snprintf(folder, sizeof folder, "%s/tonecell-check.XXXXXX", base && *base ? base : "/tmp");

    ck_assert_int_lt(length, (int)sizeof folder);
    ck_assert_msg(mkdtemp(folder) != NULL, "cannot make %s", folder);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder)); /* TMPDIR may be relative */
}

const char *temp_folder_path(void)
{
    return folder;
}

unsigned temp_folder_names(void)
{
    DIR *const dir = opendir(folder);
    unsigned count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        ++count;
    closedir(dir);
    return count - 2; /* . and .. */
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st;
    (void)type;
    (void)place;
    return remove(path);
}

void temp_folder_leave(void)
{
    enum { OPEN_FOLDERS = 8 };

    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS), 0);
}
