#include "config.h"

#include "plugins/used_ids.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ladspa.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/paths.h"
#include "model/plugin_identity.h"
#include "plugins/plugin_file.h"
#include "plugins/plugin_folders.h"
#include "plugins/restricted.h"
#include "plugins/send_file.h"

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

/* The process that loads foreign libraries, which may print, hang or crash: the user must not
 * notice. It has no rights, and is given the files open. It goes on with the next one until a
 * library ends it. Each message over the socket is one packet. */
struct loader {
    pid_t pid; /* 0: not started, or ended */
    int socket;
};

/* The process prints nothing and dumps no core. */
static void silence_process(void)
{
    const struct rlimit no_core = {0, 0};
    const int nothing = open("/dev/null", O_RDWR);

    for (int fd = 0; fd < 3; ++fd)
        (void)dup2(nothing, fd);
    (void)setrlimit(RLIMIT_CORE, &no_core);
}

/* Send the IDs, labels and names of the library's plugins. */
static void report_foreign_ids(int file, int socket)
{
    struct used_id found = {0};
    LADSPA_Descriptor_Function descriptor;
    char path[32];
    void *library;

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    *(void **)&descriptor = library ? dlsym(library, "ladspa_descriptor") : NULL;
    for (unsigned long i = 0; descriptor && i < MAX_FOREIGN_PLUGINS; ++i) {
        const LADSPA_Descriptor *const plugin = descriptor(i);

        if (!plugin)
            break;
        found.id = plugin->UniqueID;
        (void)snprintf(found.label, sizeof found.label, "%s", plugin->Label ? plugin->Label : "");
        (void)snprintf(found.name, sizeof found.name, "%s", plugin->Name ? plugin->Name : "");
        if (send(socket, &found, sizeof found, MSG_NOSIGNAL) < 0)
            break;
    }
}

/* Answer each file with the plugins of that library and a packet of one byte. */
static _Noreturn void serve_files(int socket)
{
    int file;

    silence_process();
    restrict_process();
    while (file_receive(socket, &file)) {
        report_foreign_ids(file, socket);
        (void)close(file);
        (void)send(socket, "", 1, MSG_NOSIGNAL);
    }
    _exit(0);
}

static enum tc_status loader_start(struct loader *loader, struct tc_error *error)
{
    const struct timeval patience = {.tv_sec = FOREIGN_SECONDS};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return tc_fail(error, TC_IO, "no socket to look into libraries: %s", strerror(errno));
    loader->pid = fork();
    if (loader->pid == 0) {
        (void)close(ends[0]);
        serve_files(ends[1]);
    }
    (void)close(ends[1]);
    loader->socket = ends[0];
    (void)setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (loader->pid > 0)
        return TC_OK;
    loader->pid = 0;
    (void)close(ends[0]);
    return tc_fail(error, TC_IO, "no process to look into libraries: %s", strerror(errno));
}

static void loader_stop(struct loader *loader)
{
    if (loader->pid) {
        (void)close(loader->socket);
        (void)kill(loader->pid, SIGKILL); /* a library may be at work, and has nothing to save */
        (void)waitpid(loader->pid, NULL, 0);
    }
    loader->pid = 0;
}

/* Add what the loader answers; false if the library ended it, or took its time, before the answer was
 * complete. */
static bool receive_foreign_ids(struct used_ids *used, const struct loader *loader,
                                const char *path, enum tc_status *status, struct tc_error *error)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool sent = file < 0 || file_send(loader->socket, file);
    struct used_id found;
    ssize_t size;

    if (file < 0)
        return true;
    (void)close(file);
    if (!sent)
        return false;
    while ((size = recv(loader->socket, &found, sizeof found, 0)) == (ssize_t)sizeof found) {
        /* A library may write to the memory of its process, and to its socket. */
        found.label[sizeof found.label - 1] = found.name[sizeof found.name - 1] = '\0';
        if (!*status)
            *status = add_plugin(used, &found, path, error);
    }
    return size == 1;
}

/* A library that ends a loader which has loaded others gets one of its own, since these may be to
 * blame. What it told before it ended the second counts twice then, which does no harm. */
static enum tc_status add_foreign_ids(struct used_ids *used, struct loader *loader,
                                      const char *path, struct tc_error *error)
{
    enum tc_status status = TC_OK;

    if (loader->pid && receive_foreign_ids(used, loader, path, &status, error))
        return status;
    if (!status) {
        loader_stop(loader);
        status = loader_start(loader, error);
    }
    if (!status && !receive_foreign_ids(used, loader, path, &status, error))
        loader_stop(loader);
    return status;
}

struct collection {
    struct used_ids *used;
    struct loader loader;
    struct tc_error *error;
    enum tc_status status;
};

static bool collect_ids(const char *path, void *context)
{
    struct collection *const c = context;
    struct plugin_file file;

    plugin_file_read(&file, path);
    if (file.kind == PLUGIN_FOREIGN)
        c->status = add_foreign_ids(c->used, &c->loader, path, c->error);
    if (file.kind == PLUGIN_OURS)
        c->status = used_ids_add(c->used, &file.identity, file.name, path, c->error);
    return !c->status;
}

enum tc_status used_ids_collect(struct used_ids *used, struct tc_error *error)
{
    struct collection collection = {.used = used, .error = error};

    *used = (struct used_ids){0};
    plugin_folders_visit(collect_ids, &collection);
    loader_stop(&collection.loader);
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
