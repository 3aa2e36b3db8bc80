#include "cli/output_check.h"

#include "audio/audio_format.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "files/new_file.h"
#include "tonecell.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Create a file in the folder, as saving will do. */
static bool try_folder(const char *output)
{
    struct tc_new_file trial;

    tc_new_files_sweep(output);
    if (!tc_new_file_open(&trial, output, 0600)) {
        talk_error(output, "cannot be written: %s", strerror(errno));
        return false;
    }
    tc_new_file_discard(&trial);
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

bool output_check_folder(const char *folder)
{
    struct stat about;

    if (stat(folder, &about) == 0 || !audio_name(path_name(folder)))
        return true;
    talk_error(folder, "has the ending of an audio file, expected the name of a folder");
    return false;
}

/* A new file. */
static bool check_model_name(const char *output)
{
    const char *const name = path_name(output);

    if (!audio_name(name))
        return true;
    talk_error(output,
               "has the ending of an audio file, %s, expected another one, such as .safetensors",
               strrchr(name, '.'));
    return false;
}

bool output_check_model(const char *output, bool force)
{
    struct tc_model *model;
    struct stat about;

    if (!output_check(output))
        return false;
    if (force)
        return true;
    if (stat(output, &about) != 0 || about.st_size == 0)
        return check_model_name(output);
    if (tc_model_load(&model, output, NULL) != TC_OK) {
        talk_error(output, "exists and is no model: give another name, or --force to replace it");
        return false;
    }
    tc_model_free(model);
    return true;
}
