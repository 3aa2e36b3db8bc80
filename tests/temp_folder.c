#include "temp_folder.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/tonecell-check.XXXXXX";

void temp_folder_enter(void)
{
    memset(folder + strlen(folder) - 6, 'X', 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
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

void temp_folder_leave(void)
{
    char command[sizeof folder + 8];

    ck_assert_int_eq(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}
