#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "plugins/plugin_folders.h"
#include "cli/load_model.h"
#include "plugins/model_texts.h"
#include "cli/paths.h"
#include "plugin/identity.h"
#include "cli/talk.h"
#include "plugins/bundle_template.h"

#define AT(field) offsetof(struct install_options, field)

struct install_options {
    bool system;
    const char *label, *output;
    double sample_rate_hz;
};

static const struct install_options defaults;

/* ------------------------------------------------------------------------- a model to bundle */

/* As label_from_path(); a folder may end in slashes. */
static bool label_from_file(char label[TC_LABEL_SIZE], const char *path)
{
    char trimmed[PATH_MAX];
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        --length;
    (void)snprintf(trimmed, sizeof trimmed, "%.*s", (int)length, path);
    return label_from_path(label, trimmed);
}

/* Its label: what the user says, what the model says, its name, the name of its file. */
static bool choose_label(char label[TC_LABEL_SIZE], const struct tc_model *model, const char *path,
                         const char *wanted)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    if (wanted)
        return label_from_text(label, wanted);
    return label_from_text(label, meta->label) || label_from_text(label, meta->name) ||
           label_from_file(label, path);
}

static bool is_playable(const struct tc_model *model, const char *path)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    if (arch->readout != TC_READOUT_LINEAR)
        talk_error(path, "the model's readout is %s, the plugin plays linear ones",
                   tc_readout_name(arch->readout));
    else if (arch->audio_inputs != 1 || arch->outputs != 1)
        talk_error(path, "the model has %u audio inputs and %u outputs, the plugin plays 1 and 1",
                   arch->audio_inputs, arch->outputs);
    else
        return true;
    return false;
}

/* A model that makes a plugin, and the plugin's identity. */
static struct tc_model *load_for_plugin(const char *path, const struct install_options *options,
                                        struct tc_plugin_identity *identity)
{
    struct tc_model *const model = load_model(path, options->sample_rate_hz, NULL);
    char label[TC_LABEL_SIZE];

    if (!model)
        return NULL;
    if (is_playable(model, path)) {
        if (choose_label(label, model, path, options->label)) {
            identity_from_label(identity, label);
            return model;
        }
        talk_error(path, "nothing in the model's name or file name makes a label: give --label");
    }
    tc_model_free(model);
    return NULL;
}

static void print_plugin(const char *path, const struct tc_model *model,
                         const struct tc_plugin_identity *identity)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    printf("%s\n", path);
    talk_say(NULL, "%s: label %s (ID %u), stereo %s%s (ID %u)",
             meta->name[0] ? meta->name : identity->label, identity->label, identity->mono_id,
             identity->label, STEREO_SUFFIX, identity->stereo_id);
    if (meta->sample_rate_hz > 0.0)
        talk_say(NULL, "made at %g Hz: the host must run at that rate for the true sound",
                 meta->sample_rate_hz);
}

/* ------------------------------------------------------------------------- bundle */

static void warn_of_ending(const char *path)
{
    const size_t length = strlen(path);

    if (length < 3 || strcmp(path + length - 3, ".so") != 0)
        talk_warn(path, "hosts find plugins by the ending .so, which this name lacks");
}

static int run_bundle(const struct command *self, const void *parsed, unsigned n, char **operands)
{
    const struct install_options *const options = parsed;
    struct tc_plugin_identity identity;
    struct template template;
    struct tc_error error;
    struct tc_model *model;
    enum tc_status status;

    if (!options->output)
        return usage_error(self, "--output is missing");
    if (strcmp(options->output, "-") == 0)
        return usage_error(self, "--output is '-', but a plugin cannot go to standard output");
    if (n > 1)
        return usage_error(self, "'%s' is one too many", operands[1]);
    if (same_file(options->output, operands[0]))
        return usage_error(self, "--output: '%s' is the model", options->output);
    if (model_label_check(self, options->label) != 0)
        return 2;
    model = load_for_plugin(operands[0], options, &identity);
    if (!model)
        return 1;
    status = template_read(&template, &error);
    if (!status)
        status = template_write(&template, model, &identity, options->output, &error);
    if (status) {
        talk_error(options->output, "%s", error.message);
    } else {
        print_plugin(options->output, model, &identity);
        warn_of_ending(options->output);
    }
    template_free(&template);
    tc_model_free(model);
    return status ? 1 : 0;
}

/* ------------------------------------------------------------------------- install */

struct installation {
    const struct install_options *options;
    char folder[PATH_MAX];
    struct template template;
    struct used_ids used;
    size_t found; /* IDs in use before: those behind are of this call's own plugins */
};

/* A plugin that is there already keeps its IDs, since sessions may have stored them. */
static void keep_ids(struct tc_plugin_identity *identity, const char *path)
{
    struct library there;

    library_read(&there, path);
    if (there.kind == LIBRARY_OURS && strcmp(there.identity.label, identity->label) == 0)
        *identity = there.identity;
}

static void resolve_clashes(struct tc_plugin_identity *identity, const struct used_ids *used,
                            const char *path)
{
    const char *other;

    while ((other = used_ids_find(used, identity->mono_id, path)) ||
           (other = used_ids_find(used, identity->stereo_id, path))) {
        talk_say(NULL, "ID %u or %u belongs to %s already, trying the next", identity->mono_id,
                 identity->stereo_id, other);
        identity_next_ids(identity);
    }
}

/* IDs can be chosen anew without anybody's notice, a label cannot. */
static void warn_of_label(const struct tc_plugin_identity *identity, const struct used_ids *used,
                          const char *path)
{
    const char *const other = used_ids_find_label(used, identity->label, path);

    if (other)
        talk_warn(path,
                  "%s has the label %s or %s%s, too: hosts that go by the label, as ecasound "
                  "does, may play that one; --label gives another",
                  other, identity->label, identity->label, STEREO_SUFFIX);
}

/* Whether an earlier model of this call became that plugin. */
static bool is_made(const struct installation *to, const char *path)
{
    for (size_t i = to->found; i < to->used.n; ++i)
        if (strcmp(to->used.entry[i].path, path) == 0)
            return true;
    return false;
}

static enum tc_status write_plugin(struct installation *to, const struct tc_model *model,
                                   struct tc_plugin_identity *identity, const char *path,
                                   struct tc_error *error)
{
    enum tc_status status;

    if (is_made(to, path))
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "another of these models has the label %s, too: install them one by one, "
                       "with --label",
                       identity->label);
    keep_ids(identity, path);
    resolve_clashes(identity, &to->used, path);
    status = template_write(&to->template, model, identity, path, error);
    if (status)
        return status;
    warn_of_label(identity, &to->used, path);
    return used_ids_add(&to->used, identity, path, error);
}

static bool install_model(struct installation *to, const char *model_path)
{
    struct tc_plugin_identity identity;
    struct tc_model *const model = load_for_plugin(model_path, to->options, &identity);
    char path[PATH_MAX + TC_LABEL_SIZE + 16];
    struct tc_error error;
    bool done;

    if (!model)
        return false;
    (void)snprintf(path, sizeof path, "%s/tonecell_%s.so", to->folder, identity.label);
    done = write_plugin(to, model, &identity, path, &error) == TC_OK;
    if (done)
        print_plugin(path, model, &identity);
    else
        talk_error(path, "%s", error.message);
    tc_model_free(model);
    return done;
}

static bool make_folder(struct installation *to)
{
    if (to->options->system) {
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

static bool is_in_path(const char *list, const char *folder)
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

static void say_who_looks_there(const struct installation *to)
{
    char value[2 * PATH_MAX];

    if (is_in_path(getenv("LADSPA_PATH"), to->folder)) {
        talk_say(NULL, "LADSPA_PATH names %s, so that hosts find it", to->folder);
        return;
    }
    path_with_folder(value, sizeof value, to->folder);
    if (to->options->system)
        talk_say(NULL, "hosts that do not look in %s need LADSPA_PATH=%s", to->folder, value);
    else
        talk_say(NULL,
                 "ffmpeg, mpv and GStreamer look in %s; sox, ecasound, applyplugin, PipeWire and "
                 "other hosts need LADSPA_PATH=%s",
                 to->folder, value);
}

static int install_all(struct installation *to, unsigned n, char **models)
{
    unsigned done = 0;

    to->found = to->used.n;
    for (unsigned i = 0; i < n; ++i)
        done += install_model(to, models[i]);
    if (done > 0)
        say_who_looks_there(to);
    return done == n ? 0 : 1;
}

static int run_install(const struct command *self, const void *parsed, unsigned n, char **operands)
{
    struct installation to = {.options = parsed};
    struct tc_error error;
    int result = 1;

    if (model_label_check(self, to.options->label) != 0)
        return 2;
    if (to.options->label && n > 1)
        return usage_error(self, "--label is for one model, here are %u", n);
    if (!make_folder(&to))
        return 1;
    if (template_read(&to.template, &error) == TC_OK && used_ids_collect(&to.used, &error) == TC_OK)
        result = install_all(&to, n, operands);
    else
        talk_error(NULL, "%s", error.message);
    used_ids_free(&to.used);
    template_free(&to.template);
    return result;
}

/* ------------------------------------------------------------------------- tables */

static const struct opt install_opts[] = {
    {'s', "system", OPT_FLAG, AT(system), 0, 0, NULL,
     "install for all users, into the folder of tonecell.so [~/.ladspa]", GROUP_OUTPUT, EVERYDAY},
    LABEL_OPTION(AT(label), "the model's, else from its name"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
};

static const struct opt bundle_opts[] = {
    {'o', "output", OPT_TEXT, AT(output), 0, 0, "NAME.so", "plugin file to write (required)",
     GROUP_OUTPUT, EVERYDAY},
    LABEL_OPTION(AT(label), "the model's, else from its name"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
};

static const struct example install_examples[] = {
    {"crunch.safetensors", "Make the plugin crunch for your own hosts."},
    {"--system amps/*.safetensors", "Make plugins of several models for all users."},
};

static const struct example bundle_examples[] = {
    {"crunch.safetensors -o crunch.so", "Make a plugin file to give away."},
};

const struct command cmd_install = {
    .name = "install",
    .synopsis = "MODEL... [--system] [--label LABEL] [--sample-rate HZ]",
    OPERANDS("MODEL", 1, OPERANDS_ANY),
    .summary = "install models as LADSPA plugins",
    .description =
        "Writes a LADSPA plugin with each model into ~/.ladspa, or with --system into the system's "
        "folder. The file tonecell_LABEL.so is complete: it needs no model file and no environment "
        "variable.\n\n"
        "Each model becomes two plugins, LABEL (mono) and LABEL_stereo. Their UniqueIDs are "
        "derived from the label, so that they are the same on every machine; if another library "
        "uses them already, the next free ones are taken. A plugin of the same label is replaced "
        "and keeps its IDs, so that sessions use the new model.",
    OPTS(install_opts),
    EXAMPLES(install_examples),
    DEFAULTS(defaults),
    .run = run_install,
};

const struct command cmd_bundle = {
    .name = "bundle",
    .synopsis = "MODEL -o NAME.so [--label LABEL] [--sample-rate HZ]",
    OPERANDS("MODEL", 1, OPERANDS_ANY), /* run_bundle() knows what is missing instead */
    .summary = "write a model as a plugin file",
    .description =
        "Writes a LADSPA plugin with a model into any file. It works in a LADSPA folder of any "
        "machine of this architecture; Tonecell need not be installed there.",
    OPTS(bundle_opts),
    EXAMPLES(bundle_examples),
    DEFAULTS(defaults),
    .run = run_bundle,
};
