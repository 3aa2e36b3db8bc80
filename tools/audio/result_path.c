#include "config.h"
#include "audio/result_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last part of a path: where it starts, and its length without slashes at its end. */
static const char *last_part(const char *path, size_t *length)
{
    size_t end = strlen(path), start;

    while (end > 1 && path[end - 1] == '/')
        --end;
    start = end;
    while (start > 0 && path[start - 1] != '/')
        --start;
    *length = end - start;
    return path + start;
}

/* Length of a name without its ending, which begins at the last dot. */
static size_t stem_length(const char *name, size_t length)
{
    for (size_t i = length; i > 1; --i)
        if (name[i - 1] == '.')
            return i - 1;
    return length;
}

char *result_path(const char *in, const char *folder, const char *model, const char *extension)
{
    size_t length, model_length;
    const char *const name = last_part(in, &length);
    const char *const model_name = last_part(model, &model_length);
    const size_t stem = stem_length(name, length);
    const int ending =
        extension ? 0 : (int)(length - stem); /* characters of the input's, with dot */
    const char *const dot = extension && *extension ? "." : "";
    const char *const text = extension ? extension : "";
    char *path;
    int size;

    if (folder)
        size = asprintf(&path, "%s/%.*s%s%s", folder, (int)stem + ending, name, dot, text);
    else
        size = asprintf(&path, "%.*s%.*s-%.*s%.*s%s%s", (int)(name - in), in, (int)stem, name,
                        (int)stem_length(model_name, model_length), model_name, ending, name + stem,
                        dot, text);
    return size < 0 ? NULL : path;
}

/* FOLDER-MODEL beside a folder; "." and ".." are replaced by the name that they stand for. */
static char *folder_beside(const char *in, const char *model)
{
    size_t length;
    const char *const name = last_part(in, &length);
    char *const real = strspn(name, ".") >= length ? realpath(in, NULL) : NULL;
    char *const path = result_path(real ? real : in, NULL, model, "");

    free(real);
    return path;
}

char *result_folder(const char *out, const char *in, const char *model)
{
    size_t length;

    if (!out)
        return folder_beside(in, model);
    length = strlen(out);
    while (length > 1 && out[length - 1] == '/')
        --length;
    return strndup(out, length);
}
