#include "cli/model_file.h"

#include <stdio.h>
#include <sys/stat.h>

bool model_file(const char *model, unsigned index, char file[PATH_MAX])
{
    static const char *const in_folder[] = {"/config.json", "/weights.npy"};
    struct stat st;
    const bool is_folder = stat(model, &st) == 0 && S_ISDIR(st.st_mode);
    const unsigned n = is_folder ? sizeof in_folder / sizeof *in_folder : 1;

    return index < n &&
           snprintf(file, PATH_MAX, "%s%s", model, is_folder ? in_folder[index] : "") < PATH_MAX;
}
