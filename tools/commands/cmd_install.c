#include "cli/commands.h"
#include "cli/given.h"
#include "cli/load_model.h"
#include "plugins/installation.h"
#include "plugins/model_texts.h"

static int install(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct install_request *const request = options;

    if (model_label_check(self, request->label) != 0)
        return 2;
    if (request->label && n > 1)
        return usage_error(self, "--label is for one model, here are %u", n);
    return install_models(request, n, operands);
}

#define AT(field) offsetof(struct install_request, field)

static const struct opt opts[] = {
    {'s', "system", OPT_FLAG, AT(system), 0, 0, NULL,
     "install for all users, into the folder of tonecell.so [~/.ladspa]", GROUP_OUTPUT, EVERYDAY},
    LABEL_OPTION(AT(label), "the model's, else from its name"),
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
};

static const struct example examples[] = {
    {"crunch.safetensors", "Make the plugin crunch for your own hosts."},
    {"--system amps/*.safetensors", "Make plugins of several models for all users."},
};

static const struct install_request defaults = {.sample_rate_hz = REAL_NOT_GIVEN};

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
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = install,
};
