#include "cli/commands.h"
#include "cli/given.h"
#include "cli/load_model.h"
#include "cli/output_check.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "plugins/bundle_template.h"
#include "plugins/model_texts.h"
#include "plugins/plugin_file.h"
#include "plugins/plugin_model.h"

#include <string.h>
#include <sys/stat.h>

struct bundle_options {
    const char *output;
    struct model_texts texts;
    double sample_rate_hz;
    struct analogue_levels levels;
    bool force;
};

static void warn_of_ending(const char *path)
{
    const size_t length = strlen(path);

    if (length < 3 || strcmp(path + length - 3, ".so") != 0)
        talk_warn(path, "hosts find plugins by the ending .so, which this name lacks");
}

static int check_usage(const struct command *self, const struct bundle_options *o, unsigned n,
                       char **operands)
{
    if (!o->output)
        return usage_error(self, "--output is missing");
    if (strcmp(o->output, "-") == 0)
        return usage_error(self, "--output is '-', but a plugin cannot go to standard output");
    if (n > 1)
        return usage_error(self, "'%s' is one too many", operands[1]);
    if (same_file(o->output, operands[0]))
        return usage_error(self, "--output: '%s' is the model", o->output);
    return model_texts_check(self, &o->texts);
}

/* A slip of the hand must not cost a recording. */
static bool check_output(const struct bundle_options *o)
{
    struct plugin_file there;
    struct stat about;

    if (!output_check(o->output))
        return false;
    if (o->force || stat(o->output, &about) != 0 || about.st_size == 0)
        return true;
    plugin_file_read(&there, o->output);
    if (there.kind != PLUGIN_FOREIGN)
        return true;
    talk_error(o->output, "exists and is no plugin of Tonecell: give another name, or --force to "
                          "replace it");
    return false;
}

static enum tc_status write_plugin(const struct tc_model *model,
                                   const struct tc_plugin_identity *identity, const char *path,
                                   struct tc_error *error)
{
    struct bundle_template template;
    enum tc_status status = bundle_template_read(&template, error);

    if (status == TC_OK)
        status = bundle_template_write(&template, model, identity, path, error);
    bundle_template_free(&template);
    return status;
}

static int bundle(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct bundle_options *const o = options;
    struct tc_plugin_identity identity;
    struct tc_error error;
    struct tc_model *model;
    int status = check_usage(self, o, n, operands);

    if (status != 0)
        return status;
    if (!check_output(o))
        return 1;
    model = plugin_model_load(operands[0], &o->texts, o->sample_rate_hz, &o->levels, &identity);
    if (!model)
        return 1;
    if (write_plugin(model, &identity, o->output, &error) == TC_OK) {
        plugin_model_report(o->output, model, &identity);
        warn_of_ending(o->output);
    } else {
        talk_error(o->output, "%s", error.message);
        status = 1;
    }
    tc_model_free(model);
    return status;
}

#define AT(field) offsetof(struct bundle_options, field)

static const struct opt opts[] = {
    {'o', "output", OPT_TEXT, AT(output), 0, 0, "NAME.so", "plugin file to write (required)",
     GROUP_OUTPUT, EVERYDAY},
    FORCE_OPTION(AT(force), "replace a file that is no plugin of Tonecell"),
    NAME_OPTION(AT(texts.name), "that of --label, else the model's"),
    LABEL_OPTION(AT(texts.label), "from --name, else the model's, else from its name"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    PLAYED_LEVEL_OPTIONS(AT(levels)),
};

static const struct example examples[] = {
    {"crunch.safetensors -o crunch.so", "Make a plugin file to give away."},
};

static const struct bundle_options defaults = {.sample_rate_hz = REAL_NOT_GIVEN,
                                               .levels = LEVELS_NOT_GIVEN};

const struct command cmd_bundle = {
    .name = "bundle",
    .synopsis = "MODEL -o NAME.so [--force] [--name NAME] [--label LABEL] [--sample-rate HZ] "
                "[--input-level DBU] [--output-level DBU]",
    OPERANDS("MODEL", 1, OPERANDS_ANY), /* at most one; check_usage() says so */
    .summary = "write a model as a plugin file",
    .description =
        "Writes a LADSPA plugin with a model into any file. It works in a LADSPA folder of any "
        "machine of this architecture; Tonecell need not be installed there.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = bundle,
};
