#include "cli/output_check.h"

#include "formats/file.h"
#include "cli/talk.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Try what saving will do, so that nobody trains for an hour in vain. */
static bool try_folder(const char *output)
{
    char trial[PATH_MAX];
    const int file = tc_file_create_beside(output, 0600, trial);

    if (file < 0) {
        talk_error(output, "cannot be written: %s", strerror(errno));
        return false;
    }
    close(file);
    unlink(trial);
    return true;
}

bool output_check(const char *output)
{
    struct stat about;

    if (stat(output, &about) == 0) {
        if (S_ISDIR(about.st_mode)) {
            talk_error(output, "is a folder, expected the name of a file");
            return false;
        }
        if (!S_ISREG(about.st_mode)) {
            talk_error(output, "exists and is no ordinary file");
            return false;
        }
    }
    return try_folder(output);
}
