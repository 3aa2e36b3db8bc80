#include "config.h"

#include "plugins/plugin_folders.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/paths.h"
#include "cli/talk.h"

enum { MAX_FOLDERS = 64 };

struct folders {
    unsigned n;
    char path[MAX_FOLDERS][PATH_MAX];
};

bool user_folder(char path[PATH_MAX])
{
    const char *const home = getenv("HOME");

    return home && home[0] && snprintf(path, PATH_MAX, "%s/.ladspa", home) < PATH_MAX;
}

const char *system_folder(void)
{
    return LADSPADIR;
}

/* By its real name, so that a folder counts once however it is reached. */
static void add_folder(struct folders *folders, const char *path)
{
    char real[PATH_MAX];

    if (folders->n == MAX_FOLDERS || !realpath(path, real))
        return;
    for (unsigned i = 0; i < folders->n; ++i)
        if (strcmp(folders->path[i], real) == 0)
            return;
    memcpy(folders->path[folders->n++], real, sizeof real);
}

static void add_search_path(struct folders *folders, const char *list)
{
    while (list && *list) {
        const size_t length = strcspn(list, ":");
        char path[PATH_MAX];

        if (length > 0 && length < sizeof path) {
            memcpy(path, list, length);
            path[length] = '\0';
            add_folder(folders, path);
        }
        list += length + (list[length] == ':');
    }
}

static void add_pattern(struct folders *folders, const char *pattern)
{
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; ++i)
            add_folder(folders, found.gl_pathv[i]);
    globfree(&found);
}

static void find_folders(struct folders *folders)
{
    char own[PATH_MAX];

    folders->n = 0;
    if (user_folder(own))
        add_folder(folders, own);
    add_search_path(folders, getenv("LADSPA_PATH"));
    add_folder(folders, system_folder());
    add_pattern(folders, "/usr/local/lib*/ladspa");
    add_pattern(folders, "/usr/lib*/ladspa");
    add_pattern(folders, "/usr/lib/*-linux-gnu*/ladspa");
}

void path_with_folder(char *value, size_t size, const char *folder)
{
    struct folders *const folders = calloc(1, sizeof *folders);
    size_t length = (size_t)snprintf(value, size, "%s", folder);

    if (folders)
        find_folders(folders);
    for (unsigned i = 0; folders && i < folders->n && length < size; ++i)
        if (strcmp(folders->path[i], folder) != 0)
            length += (size_t)snprintf(value + length, size - length, ":%s", folders->path[i]);
    free(folders);
}

bool is_in_search_path(const char *list, const char *folder)
{
    const size_t length = strlen(folder);

    while (list && *list) {
        const size_t entry = strcspn(list, ":");

        if (entry == length && strncmp(list, folder, length) == 0)
            return true;
        list += entry + (list[entry] == ':');
    }
    return false;
}

static bool visit_folder(const char *folder, bool (*visit)(const char *path, void *context),
                         void *context)
{
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, NULL, alphasort);
    bool go_on = true;

    if (n < 0)
        talk_warn(folder, "cannot be read, so that plugins there are not known: %s",
                  strerror(errno));
    for (int i = 0; i < n; ++i) {
        const char *const name = entry[i]->d_name;
        const size_t length = strlen(name);
        char path[PATH_MAX];

        if (go_on && length > 3 && strcmp(name + length - 3, ".so") == 0 &&
            snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
            !is_special_file(path))
            go_on = visit(path, context);
        free(entry[i]);
    }
    free(entry);
    return go_on;
}

void plugin_folders_visit(bool (*visit)(const char *path, void *context), void *context)
{
    struct folders *const folders = malloc(sizeof *folders);
    bool go_on = true;

    if (!folders)
        return;
    find_folders(folders);
    for (unsigned i = 0; go_on && i < folders->n; ++i)
        go_on = visit_folder(folders->path[i], visit, context);
    free(folders);
}
