#include "config.h"
#include "plugins/installation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/talk.h"
#include "model/plugin_identity.h"
#include "files/new_file.h"
#include "plugins/bundle_template.h"
#include "plugins/desktop.h"
#include "plugins/plugin_file.h"
#include "plugins/plugin_folders.h"
#include "plugins/plugin_hosts.h"
#include "plugins/plugin_model.h"
#include "plugins/plugin_rdf.h"
#include "plugins/unique_name.h"
#include "plugins/used_ids.h"

struct installation {
    const struct install_request *request;
    char folder[PATH_MAX];
    struct bundle_template template;
    struct used_ids used;
    size_t n_before; /* IDs in use before; the entries after them are plugins of this call */
};

/* ------------------------------------------------------------------------- IDs and labels */

/* A plugin that is replaced keeps its IDs, since sessions may have stored them. */
static void keep_ids(struct tc_plugin_identity *identity, const char *path)
{
    struct plugin_file old;

    plugin_file_read(&old, path);
    if (old.kind == PLUGIN_OURS && strcmp(old.identity.label, identity->label) == 0)
        *identity = old.identity;
}

/* Another library with one of the IDs; NULL if there is none. */
static const char *find_clash(const struct tc_plugin_identity *identity,
                              const struct used_ids *used, const char *path)
{
    const char *const other = used_ids_find(used, identity->mono_id, path);

    return other ? other : used_ids_find(used, identity->stereo_id, path);
}

static void resolve_clashes(struct tc_plugin_identity *identity, const struct used_ids *used,
                            const char *path)
{
    const struct tc_plugin_identity wanted = *identity;
    const char *const other = find_clash(identity, used, path);

    if (!other)
        return;
    while (find_clash(identity, used, path))
        tc_identity_next_ids(identity);
    talk_say(path, "has the IDs %u and %u, the next free ones, since %s has %u or %u already",
             identity->mono_id, identity->stereo_id, other, wanted.mono_id, wanted.stereo_id);
}

/* Unlike IDs, a label is not changed without the user's consent. */
static void warn_of_label(const struct tc_plugin_identity *identity, const struct used_ids *used,
                          const char *path)
{
    const char *const other = used_ids_find_label(used, identity->label, path);

    if (other)
        talk_warn(path,
                  "%s has the label %s or %s%s, too: hosts that go by the label, as ecasound "
                  "does, may play that one; another --label avoids this",
                  other, identity->label, identity->label, TC_STEREO_SUFFIX);
}

/* ------------------------------------------------------------------------- names */

/* The model itself or, freed then, a copy with another name. NULL after talk_error(), the model
 * freed. */
static struct tc_model *with_unique_name(const struct installation *to, struct tc_model *model,
                                         const struct tc_plugin_identity *identity,
                                         const char *path)
{
    struct tc_metadata meta = *tc_model_metadata(model);
    const char *const other = unique_name_other(&to->used, &meta, identity->label, path);
    struct model_texts texts = {.name = meta.name};
    struct tc_model *renamed = NULL;

    if (!other)
        return model;
    if (to->request->texts.name) {
        talk_error(path,
                   "hosts show the name '%s' for the plugin %s already: give another --name, or "
                   "uninstall that plugin first",
                   to->request->texts.name, other);
    } else {
        unique_name_choose(&meta, &to->used, identity->label, path);
        talk_say(path, "is called '%s', since %s has the name '%s' already; --name gives another",
                 meta.name, other, tc_model_metadata(model)->name);
        renamed = model_with_texts(model, &texts, path);
    }
    tc_model_free(model);
    return renamed;
}

/* ------------------------------------------------------------------------- one plugin */

/* True if an earlier model of this call was written to that path. */
static bool was_written(const struct installation *to, const char *path)
{
    for (size_t i = to->n_before; i < to->used.n; ++i)
        if (strcmp(to->used.entry[i].path, path) == 0)
            return true;
    return false;
}

static void refuse_to_replace(const char *label, const char *path)
{
    static const char advice[] = "--replace puts the new one in its place, another --label "
                                 "installs it beside this one";
    struct plugin_file old;

    plugin_file_read(&old, path);
    if (old.kind == PLUGIN_OURS)
        talk_error(path, "another model, '%s', is installed here under the label %s: %s",
                   old.name[0], label, advice);
    else
        talk_error(path, "a file that cannot be read has the place of the label %s: %s", label,
                   advice);
}

/* Whether the plugin may be written: nobody loses another model by mistake. */
static bool may_write(const struct installation *to, const struct tc_model *model,
                      const char *model_path, const char *label, const char *path)
{
    if (was_written(to, path)) {
        talk_error(model_path,
                   "the label %s has just gone to another of these models, in %s: install this one "
                   "by itself, with another --label",
                   label, path);
        return false;
    }
    if (access(path, F_OK) != 0 || to->request->replace || plugin_file_contains(path, model))
        return true;
    refuse_to_replace(label, path);
    return false;
}

static enum tc_status write_plugin(struct installation *to, const struct tc_model *model,
                                   struct tc_plugin_identity *identity, const char *path,
                                   struct tc_error *error)
{
    char name[2][TC_PLUGIN_NAME_SIZE];
    enum tc_status status;

    tc_new_files_sweep(path);
    keep_ids(identity, path);
    resolve_clashes(identity, &to->used, path);
    status = bundle_template_write(&to->template, model, identity, path, error);
    if (status)
        return status;
    warn_of_label(identity, &to->used, path);
    for (unsigned i = 0; i < 2; ++i)
        tc_plugin_name(name[i], tc_model_metadata(model), identity->label, i > 0);
    return used_ids_add(&to->used, identity, name, path, error);
}

static bool install_model(struct installation *to, const char *model_path)
{
    struct tc_plugin_identity identity;
    struct tc_model *model =
        plugin_model_load(model_path, &to->request->texts, to->request->sample_rate_hz,
                          &to->request->levels, &identity);
    char path[PATH_MAX + TC_LABEL_SIZE + 16];
    struct tc_error error;
    bool done = false;

    if (!model)
        return false;
    (void)snprintf(path, sizeof path, "%s/tonecell_%s.so", to->folder, identity.label);
    if (!may_write(to, model, model_path, identity.label, path)) {
        tc_model_free(model);
        return false;
    }
    model = with_unique_name(to, model, &identity, path);
    if (!model)
        return false;
    done = write_plugin(to, model, &identity, path, &error) == TC_OK;
    if (done && plugin_rdf_write(path, model, &error) != TC_OK)
        talk_warn(path, "%s", error.message);
    if (done)
        plugin_model_report(path, model, &identity);
    else
        talk_error(path, "%s", error.message);
    tc_model_free(model);
    return done;
}

/* ------------------------------------------------------------------------- all of them */

static bool create_folder(struct installation *to)
{
    if (to->request->system) {
        (void)snprintf(to->folder, sizeof to->folder, "%s", system_folder());
    } else if (!user_folder(to->folder)) {
        talk_error(NULL, "HOME is not set, so there is no folder ~/.ladspa; try --system");
        return false;
    }
    if (mkdir(to->folder, 0777) == 0 || errno == EEXIST)
        return true;
    talk_error(to->folder, "cannot make this folder: %s", strerror(errno));
    return false;
}

static int install_all(struct installation *to, unsigned n, char **models)
{
    unsigned done = 0;

    to->n_before = to->used.n;
    for (unsigned i = 0; i < n; ++i)
        done += install_model(to, models[i]);
    if (done > 0)
        plugin_hosts_report(to->folder);
    if (done > 0 && to->request->setup_desktop && !desktop_set_up(to->folder))
        return 1;
    return done == n ? 0 : 1;
}

int install_models(const struct install_request *request, unsigned n, char **models)
{
    struct installation to = {.request = request};
    struct tc_error error;
    int status = 1;

    if (!create_folder(&to))
        return 1;
    if (bundle_template_read(&to.template, &error) == TC_OK &&
        used_ids_collect(&to.used, &error) == TC_OK)
        status = install_all(&to, n, models);
    else
        talk_error(NULL, "%s", error.message);
    used_ids_free(&to.used);
    bundle_template_free(&to.template);
    return status;
}
