#include "cli/commands.h"
#include "cli/given.h"
#include "cli/load_model.h"
#include "plugins/installation.h"
#include "plugins/model_texts.h"

static int install(const struct command *self, const void *options, unsigned n, char **operands)
{
    const struct install_request *const request = options;

    if (model_texts_check(self, &request->texts) != 0)
        return 2;
    if (request->system && request->setup_desktop)
        return usage_error(self, "--setup-desktop is for the user's folder, without --system");
    if ((request->texts.label || request->texts.name) && n > 1)
        return usage_error(self, "--%s is for one model, here are %u",
                           request->texts.label ? "label" : "name", n);
    return install_models(request, n, operands);
}

#define AT(field) offsetof(struct install_request, field)

static const struct opt opts[] = {
    {'s', "system", OPT_FLAG, AT(system), 0, 0, NULL,
     "install for all users, into the folder of tonecell.so [~/.ladspa]", GROUP_OUTPUT, EVERYDAY},
    NAME_OPTION(AT(texts.name), "that of --label, else the model's"),
    LABEL_OPTION(AT(texts.label), "from --name, else the model's, else from its name"),
    {0, "replace", OPT_FLAG, AT(replace), 0, 0, NULL,
     "put the model in the place of another that is installed under its label", GROUP_OUTPUT,
     EVERYDAY},
    {0, "setup-desktop", OPT_FLAG, AT(setup_desktop), 0, 0, NULL,
     "set LADSPA_PATH for programs started from the desktop, in ~/.config/environment.d",
     GROUP_OUTPUT, EVERYDAY},
    SAMPLE_RATE_OPTION(AT(sample_rate_hz)),
    PLAYED_LEVEL_OPTIONS(AT(levels)),
};

static const struct example examples[] = {
    {"crunch.safetensors", "Make the plugin crunch for your own hosts."},
    {"--name 'Crunch, cold' crunch.safetensors", "Choose the name that hosts show."},
    {"--system amps/*.safetensors", "Make plugins of several models for all users."},
};

static const struct install_request defaults = {.sample_rate_hz = REAL_NOT_GIVEN,
                                                .levels = LEVELS_NOT_GIVEN};

const struct command cmd_install = {
    .name = "install",
    .synopsis = "MODEL... [--system] [--name NAME] [--label LABEL] [--replace] [--setup-desktop] "
                "[--sample-rate HZ] "
                "[--input-level DBU] [--output-level DBU]",
    OPERANDS("MODEL", 1, OPERANDS_ANY),
    .summary = "install models as LADSPA plugins",
    .description =
        "Writes a LADSPA plugin with each model into ~/.ladspa, or with --system into the system's "
        "folder. The file tonecell_LABEL.so is complete: it needs no model file and no environment "
        "variable.\n\n"
        "Each model becomes two plugins, LABEL (mono) and LABEL_stereo. Their UniqueIDs are "
        "derived from the label, so that they are the same on every machine; if another library "
        "uses them already, the next free ones are taken.\n\n"
        "Hosts show the name, and with it the model's sample rate if that is neither 44.1 nor 48 "
        "kHz. No two plugins get the same name: if another has it, the label or a number is added. "
        "If another model is installed under the label, --replace puts the new one in its place; "
        "it keeps the IDs, so that sessions use the new model, and the old file stays until the "
        "new one is complete.\n\n"
        "At its end it says which hosts on this machine look in the folder, and which need "
        "LADSPA_PATH. --setup-desktop writes that variable to "
        "~/.config/environment.d/60-tonecell.conf for programs started from the desktop; uninstall "
        "removes the file with the last of the user's plugins. Beside the plugins, the folder rdf "
        "gets a description of each for hosts that read LRDF, as Ardour does: category, units, "
        "names of choices, exact initial values.",
    OPTS(opts),
    EXAMPLES(examples),
    DEFAULTS(defaults),
    .run = install,
};
