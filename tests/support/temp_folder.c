#include "temp_folder.h"
#include "scratch_folder.h"

#include <check.h>
#include <dirent.h>

static const char *folder;

void temp_folder_enter(void)
{
    folder = scratch_folder_enter();
    ck_assert_msg(folder != NULL, "cannot make a folder in TMPDIR or /tmp");
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

void temp_folder_leave(void)
{
    ck_assert(scratch_folder_leave());
}
