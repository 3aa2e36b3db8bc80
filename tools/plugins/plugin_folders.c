#include "config.h"

#include "plugins/plugin_folders.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <ladspa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/bundle.h"
#include "files/file.h"
#include "cli/paths.h"
#include "plugin/identity.h"

enum { MAX_FOLDERS = 64, MAX_FOREIGN_PLUGINS = 10000, FOREIGN_SECONDS = 10 };

/* ------------------------------------------------------------------------- folders */

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

static bool visit_folder(const char *folder, bool (*visit)(const char *path, void *context),
                         void *context)
{
    struct dirent **entry = NULL;
    const int n = scandir(folder, &entry, NULL, alphasort);
    bool go_on = true;

    for (int i = 0; i < n; ++i) {
        const char *const name = entry[i]->d_name;
        const size_t length = strlen(name);
        char path[PATH_MAX];

        if (go_on && length > 3 && strcmp(name + length - 3, ".so") == 0 &&
            snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path)
            go_on = visit(path, context);
        free(entry[i]);
    }
    free(entry);
    return go_on;
}

void libraries_visit(bool (*visit)(const char *path, void *context), void *context)
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

/* ------------------------------------------------------------------------- one library */

static void read_own_image(struct library *library, const unsigned char *image, size_t size)
{
    struct tc_model *model = NULL;

    if (tc_image_read(image, size, &model, &library->identity, &library->error) != TC_OK) {
        library->kind = LIBRARY_DAMAGED;
        return;
    }
    library->kind = LIBRARY_OURS;
    memcpy(library->name, tc_model_metadata(model)->name, sizeof library->name);
    library->sample_rate_hz = tc_model_metadata(model)->sample_rate_hz;
    tc_model_free(model);
}

void library_read(struct library *library, const char *path)
{
    unsigned char *bytes = NULL;
    const unsigned char *image;
    size_t size, image_size;

    memset(library, 0, sizeof *library);
    (void)snprintf(library->path, sizeof library->path, "%s", path);
    if (tc_file_read(path, BUNDLE_MAX_SIZE, &bytes, &size, &library->error) == TC_OK &&
        bundle_find_image(bytes, size, &image, &image_size, &library->error) == TC_OK)
        read_own_image(library, image, image_size);
    free(bytes);
}

/* ------------------------------------------------------------------------- IDs in use */

static enum tc_status add_plugin(struct used_ids *used, const struct used_id *plugin,
                                 const char *path, struct tc_error *error)
{
    if (used->n == used->room) {
        const size_t room = 2 * used->room + 64;
        struct used_id *const entry = realloc(used->entry, room * sizeof *entry);

        if (!entry)
            return tc_fail(error, TC_NO_MEMORY, "no memory for %zu UniqueIDs", room);
        used->entry = entry;
        used->room = room;
    }
    used->entry[used->n] = *plugin;
    used->entry[used->n].path = strdup(path);
    if (!used->entry[used->n].path)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a path");
    ++used->n;
    return TC_OK;
}

enum tc_status used_ids_add(struct used_ids *used, const struct tc_plugin_identity *identity,
                            const char *path, struct tc_error *error)
{
    struct used_id mono = {.id = identity->mono_id}, stereo = {.id = identity->stereo_id};
    enum tc_status status;

    (void)snprintf(mono.label, sizeof mono.label, "%s", identity->label);
    (void)snprintf(stereo.label, sizeof stereo.label, "%s" STEREO_SUFFIX, identity->label);
    status = add_plugin(used, &mono, path, error);
    return status ? status : add_plugin(used, &stereo, path, error);
}

/* In a child process: load a foreign library and write what its plugins are called. A library may
 * print, hang or crash; none of that may reach the user. */
static _Noreturn void report_foreign_ids(const char *path, int out)
{
    struct used_id found = {0};
    const struct rlimit no_core = {0, 0};
    const int nothing = open("/dev/null", O_RDWR);
    LADSPA_Descriptor_Function descriptor;
    void *library;

    for (int fd = 0; fd < 3; ++fd)
        (void)dup2(nothing, fd);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)alarm(FOREIGN_SECONDS);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *(void **)&descriptor = library ? dlsym(library, "ladspa_descriptor") : NULL;
    for (unsigned long i = 0; descriptor && i < MAX_FOREIGN_PLUGINS; ++i) {
        const LADSPA_Descriptor *const plugin = descriptor(i);

        if (!plugin)
            break;
        found.id = plugin->UniqueID;
        (void)snprintf(found.label, sizeof found.label, "%s", plugin->Label ? plugin->Label : "");
        if (write(out, &found, sizeof found) < 0)
            break;
    }
    _exit(0);
}

static enum tc_status receive_foreign_ids(struct used_ids *used, const char *path, int in,
                                          struct tc_error *error)
{
    enum tc_status status = TC_OK;
    struct used_id found;

    while (!status && read(in, &found, sizeof found) == (ssize_t)sizeof found)
        status = add_plugin(used, &found, path, error);
    return status;
}

static enum tc_status add_foreign_ids(struct used_ids *used, const char *path,
                                      struct tc_error *error)
{
    enum tc_status status;
    int channel[2];
    pid_t child;

    if (pipe2(channel, O_CLOEXEC) != 0)
        return tc_fail(error, TC_IO, "no pipe to look into %s: %s", path, strerror(errno));
    child = fork();
    if (child == 0)
        report_foreign_ids(path, channel[1]);
    (void)close(channel[1]);
    status = child < 0
                 ? tc_fail(error, TC_IO, "no process to look into %s: %s", path, strerror(errno))
                 : receive_foreign_ids(used, path, channel[0], error);
    (void)close(channel[0]);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    return status;
}

struct collection {
    struct used_ids *used;
    struct tc_error *error;
    enum tc_status status;
};

static bool collect_ids(const char *path, void *context)
{
    struct collection *const c = context;
    struct library library;

    library_read(&library, path);
    if (library.kind == LIBRARY_FOREIGN)
        c->status = add_foreign_ids(c->used, path, c->error);
    if (library.kind == LIBRARY_OURS)
        c->status = used_ids_add(c->used, &library.identity, path, c->error);
    return !c->status;
}

enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error)
{
    struct collection collection = {used, error, TC_OK};

    *used = (struct used_ids){0};
    libraries_visit(collect_ids, &collection);
    return collection.status;
}

const char *used_ids_find(const struct used_ids *used, unsigned long id, const char *except)
{
    for (size_t i = 0; i < used->n; ++i)
        if (used->entry[i].id == id && !same_file(used->entry[i].path, except))
            return used->entry[i].path;
    return NULL;
}

const char *used_ids_find_label(const struct used_ids *used, const char *label, const char *except)
{
    const size_t length = strlen(label);

    for (size_t i = 0; i < used->n; ++i) {
        const char *const other = used->entry[i].label;

        if (strncmp(other, label, length) == 0 &&
            (other[length] == '\0' || strcmp(other + length, STEREO_SUFFIX) == 0) &&
            !same_file(used->entry[i].path, except))
            return used->entry[i].path;
    }
    return NULL;
}

void used_ids_free(struct used_ids *used)
{
    for (size_t i = 0; i < used->n; ++i)
        free(used->entry[i].path);
    free(used->entry);
    *used = (struct used_ids){0};
}
