#include "config.h"
#include "output_check.h"

#include "paths.h"
#include "talk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Try what saving will do, so that nobody trains for an hour in vain. */
static bool try_folder(const char *output)
{
    const int folder_length = (int)path_folder_length(output);
    char *trial = NULL;
    int file = -1, reason = ENOMEM;

    if (asprintf(&trial, "%.*s.tonecell-XXXXXX", folder_length, output) < 0)
        trial = NULL;
    if (trial != NULL) {
        file = mkstemp(trial);
        reason = errno;
    }
    if (file >= 0) {
        close(file);
        unlink(trial);
    } else {
        talk_error(output, "cannot be written: %s", strerror(reason));
    }
    free(trial);
    return file >= 0;
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
