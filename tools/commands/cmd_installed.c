#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "model/plugin_identity.h"
#include "plugins/desktop.h"
#include "plugins/plugin_file.h"
#include "plugins/plugin_folders.h"
#include "plugins/plugin_rdf.h"

#define AT(field) offsetof(struct installed_options, field)

struct installed_options {
    bool json;
};

static const struct installed_options defaults;

/* ------------------------------------------------------------------------- installed */

static void print_line(const struct plugin_file *file)
{
    const char *const path = SHOWN_PATH(file->path);

    if (file->kind == PLUGIN_DAMAGED)
        printf("%s: damaged: %s\n", path, file->error.message);
    else if (file->has_stereo)
        printf("%s: %s, label %s, IDs %u and %u\n", path, file->name[0], file->identity.label,
               file->identity.mono_id, file->identity.stereo_id);
    else
        printf("%s: %s, label %s, ID %u\n", path, file->name[0], file->identity.label,
               file->identity.mono_id);
}

static json_t *json_of(const struct plugin_file *file)
{
    if (file->kind == PLUGIN_DAMAGED)
        return json_pack("{s:o, s:s}", "file", json_path(file->path), "error", file->error.message);
    return json_pack("{s:o, s:s, s:s, s:I, s:o, s:f}", "file", json_path(file->path), "label",
                     file->identity.label, "name", file->name[0], "id",
                     (json_int_t)file->identity.mono_id, "stereo_id",
                     file->has_stereo ? json_integer(file->identity.stereo_id) : json_null(),
                     "sample_rate", file->sample_rate_hz);
}

/* What was found so far; array is NULL for lines of text. */
struct installed_list {
    json_t *array;
    unsigned n;
};

static bool list_library(const char *path, void *context)
{
    struct installed_list *const list = context;
    struct plugin_file file;

    plugin_file_read(&file, path);
    if (file.kind == PLUGIN_FOREIGN)
        return true;
    ++list->n;
    if (list->array)
        (void)json_array_append_new(list->array, json_of(&file));
    else
        print_line(&file);
    return true;
}

static int run_installed(const struct command *self, const void *parsed, unsigned n,
                         char **operands)
{
    const struct installed_options *const options = parsed;
    struct installed_list list = {.array = options->json ? json_array() : NULL};
    json_t *result;

    (void)self;
    (void)n;
    (void)operands;
    plugin_folders_visit(list_library, &list);
    if (list.n == 0)
        talk_say(NULL, "no LADSPA folder has a plugin of Tonecell");
    if (!list.array)
        return 0;
    result = json_pack("{s:o}", "plugins", list.array);
    (void)json_print(result);
    json_decref(result);
    return 0;
}

/* ------------------------------------------------------------------------- uninstall */

/* The first file of our own with this label; a damaged one is known by its file's name. */
struct label_search {
    const char *label;
    bool found;
    struct plugin_file file;
};

static bool match_label(const char *path, void *context)
{
    struct label_search *const search = context;
    struct plugin_file *const file = &search->file;
    char label[TC_LABEL_SIZE];

    plugin_file_read(file, path);
    if (file->kind == PLUGIN_OURS)
        search->found = strcmp(file->identity.label, search->label) == 0;
    else if (file->kind == PLUGIN_DAMAGED && tc_label_from_path(label, path))
        search->found = strcmp(label, search->label) == 0;
    return !search->found;
}

static bool is_template(const char *path)
{
    return strcmp(path_name(path), "tonecell.so") == 0;
}

static bool remove_library(const struct plugin_file *file)
{
    if (file->kind == PLUGIN_FOREIGN) {
        talk_error(file->path, "not a plugin of Tonecell: %s", file->error.message);
        return false;
    }
    if (is_template(file->path)) {
        talk_error(file->path, "this is the plugin that all others are copies of");
        return false;
    }
    if (unlink(file->path) != 0) {
        talk_error(file->path, "%s", strerror(errno));
        return false;
    }
    printf("%s\n", file->path);
    talk_say(file->path, "removed");
    plugin_rdf_remove(file->path);
    return true;
}

/* Whether the user's own folder has a plugin of Tonecell. */
static bool find_own(const char *path, void *found)
{
    struct plugin_file file;
    char own[PATH_MAX], real[PATH_MAX];
    const size_t length = user_folder(own) && realpath(own, real) ? strlen(real) : 0;

    if (length > 0 && strncmp(path, real, length) == 0 && path[length] == '/') {
        plugin_file_read(&file, path);
        *(bool *)found |= file.kind != PLUGIN_FOREIGN;
    }
    return !*(bool *)found;
}

static void undo_desktop_after_last(void)
{
    bool found = false;

    plugin_folders_visit(find_own, &found);
    if (!found)
        desktop_undo();
}

static bool uninstall(const char *what)
{
    const size_t length = strlen(what);
    struct label_search search = {.label = what};

    if (strchr(what, '/') || (length > 3 && strcmp(what + length - 3, ".so") == 0)) {
        plugin_file_read(&search.file, what);
        return remove_library(&search.file);
    }
    plugin_folders_visit(match_label, &search);
    if (search.found)
        return remove_library(&search.file);
    talk_error(NULL, "no plugin of Tonecell with the label '%s' is installed", what);
    return false;
}

static int run_uninstall(const struct command *self, const void *parsed, unsigned n,
                         char **operands)
{
    unsigned done = 0;

    (void)self;
    (void)parsed;
    for (unsigned i = 0; i < n; ++i)
        done += uninstall(operands[i]);
    if (done > 0)
        undo_desktop_after_last();
    return done == n ? 0 : 1;
}

/* ------------------------------------------------------------------------- tables */

static const struct opt installed_opts[] = {
    JSON_OPTION(AT(json)),
};

static const struct example installed_examples[] = {
    {"--json", "List the plugins for a script."},
};

static const struct example uninstall_examples[] = {
    {"crunch", "Remove the plugin with this label."},
    {"~/.ladspa/tonecell_crunch.so", "The same by its file."},
};

const struct command cmd_installed = {
    .name = "installed",
    .synopsis = "[--json]",
    .summary = "list the plugins made from models",
    .description =
        "Lists the plugins of Tonecell in all LADSPA folders: ~/.ladspa, those of LADSPA_PATH, and "
        "the system's.",
    OPTS(installed_opts),
    EXAMPLES(installed_examples),
    DEFAULTS(defaults),
    .run = run_installed,
};

const struct command cmd_uninstall = {
    .name = "uninstall",
    .synopsis = "LABEL|FILE...",
    OPERANDS("LABEL", 1, OPERANDS_ANY),
    .summary = "remove installed plugins",
    .description =
        "Removes plugins of Tonecell, by label (the one in ~/.ladspa before any other) or by file. "
        "Libraries of other origin are never touched. With the last plugin in ~/.ladspa, the file "
        "of "
        "install --setup-desktop is removed.",
    EXAMPLES(uninstall_examples),
    DEFAULTS(defaults),
    .run = run_uninstall,
};
