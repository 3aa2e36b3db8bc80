#include "config.h"

#include "plugins/used_ids.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ladspa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/paths.h"
#include "model/plugin_identity.h"
#include "plugins/plugin_file.h"
#include "plugins/plugin_folders.h"

enum { MAX_FOREIGN_PLUGINS = 10000, FOREIGN_SECONDS = 10 };

static enum tc_status add_plugin(struct used_ids *used, const struct used_id *plugin,
                                 const char *path, struct tc_error *error)
{
    if (used->n == used->capacity) {
        const size_t capacity = 2 * used->capacity + 64;
        struct used_id *const entry = realloc(used->entry, capacity * sizeof *entry);

        if (!entry)
            return tc_fail(error, TC_NO_MEMORY, "no memory for %zu UniqueIDs", capacity);
        used->entry = entry;
        used->capacity = capacity;
    }
    used->entry[used->n] = *plugin;
    used->entry[used->n].path = strdup(path);
    if (!used->entry[used->n].path)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a path");
    ++used->n;
    return TC_OK;
}

enum tc_status used_ids_add(struct used_ids *used, const struct tc_plugin_identity *identity,
                            const char name[2][TC_PLUGIN_NAME_SIZE], const char *path,
                            struct tc_error *error)
{
    struct used_id mono = {.id = identity->mono_id}, stereo = {.id = identity->stereo_id};
    enum tc_status status;

    (void)snprintf(mono.label, sizeof mono.label, "%s", identity->label);
    (void)snprintf(stereo.label, sizeof stereo.label, "%s" TC_STEREO_SUFFIX, identity->label);
    memcpy(mono.name, name[0], sizeof mono.name);
    memcpy(stereo.name, name[1], sizeof stereo.name);
    status = add_plugin(used, &mono, path, error);
    return status ? status : add_plugin(used, &stereo, path, error);
}

/* In a child process: load a foreign library and write the IDs, labels and names of its plugins to
 * `out`. A library may print, hang or crash; the user must not notice. */
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
        (void)snprintf(found.name, sizeof found.name, "%s", plugin->Name ? plugin->Name : "");
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
    struct plugin_file file;

    plugin_file_read(&file, path);
    if (file.kind == PLUGIN_FOREIGN)
        c->status = add_foreign_ids(c->used, path, c->error);
    if (file.kind == PLUGIN_OURS)
        c->status = used_ids_add(c->used, &file.identity, file.name, path, c->error);
    return !c->status;
}

enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error)
{
    struct collection collection = {used, error, TC_OK};

    *used = (struct used_ids){0};
    plugin_folders_visit(collect_ids, &collection);
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
            (other[length] == '\0' || strcmp(other + length, TC_STEREO_SUFFIX) == 0) &&
            !same_file(used->entry[i].path, except))
            return used->entry[i].path;
    }
    return NULL;
}

const char *used_ids_find_name(const struct used_ids *used, const char *name, const char *except)
{
    for (size_t i = 0; i < used->n; ++i)
        if (strcmp(used->entry[i].name, name) == 0 && !same_file(used->entry[i].path, except))
            return used->entry[i].path;
    return NULL;
}

void used_ids_free(struct used_ids *used)
{
    for (size_t i = 0; i < used->n; ++i)
        free(used->entry[i].path);
    free(used->entry);
    *used = (struct used_ids){0};
}
