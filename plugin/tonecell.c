/** @file
 *  The library that LADSPA hosts load: ladspa_descriptor() with the file's model as a mono (0) and
 *  as a stereo plugin (1), or as a mono plugin alone if it has a control signal as an audio input.
 *
 *      tonecell.c   the descriptors, filled when the library is loaded
 *      instance.c   instantiate(), connect_port(), activate(), run(), run_adding(), cleanup()
 *      ports.c      order, names, ranges and defaults of the ports
 *      find_image.c finds the model inside this file
 *
 *  Labels and UniqueIDs: core/model/plugin_identity.c. */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "model/plugin_identity.h"
#include "plugin/find_image.h"
#include "plugin/instance.h"

enum { MAX_PLUGINS = MAX_PLUGIN_CHANNELS };

/* Written while the library is loaded, only read afterwards. */
static struct tc_model *model;
static unsigned n_plugins;
static struct plugin plugins[MAX_PLUGINS];

static enum tc_status read_image(struct tc_plugin_identity *identity, struct tc_error *error)
{
    size_t size = 0;
    const unsigned char *const image = image_find(&size, error);

    return image ? tc_image_read(image, size, &model, identity, error) : TC_BAD_FORMAT;
}

/* Without an image the label follows from the file's name, so that sessions find the plugin. */
static void identity_from_file(struct tc_plugin_identity *identity)
{
    char label[TC_LABEL_SIZE];
    Dl_info file;

    if (!dladdr(&model, &file) || !file.dli_fname || !tc_label_from_path(label, file.dli_fname))
        (void)snprintf(label, sizeof label, "tonecell");
    tc_identity_from_label(identity, label);
}

/* Some hosts crash on a plugin with more outputs than inputs; probabilities are not audio. */
static bool is_supported(const struct tc_architecture *arch)
{
    return arch->audio_inputs == 1u + (tc_model_control(model) == TC_CONTROL_AUDIO) &&
           arch->outputs == 1 && !arch->symbols && arch->readout == TC_READOUT_LINEAR;
}

static void name_plugin(char name[PLUGIN_NAME_SIZE], const struct tc_plugin_identity *identity,
                        const struct tc_error *error, bool stereo)
{
    const struct tc_metadata *const meta = model ? tc_model_metadata(model) : NULL;
    const struct tc_architecture *const arch = model ? tc_model_architecture(model) : NULL;
    const char *const model_name = meta && meta->name[0] ? meta->name : identity->label;
    const char *const channels = stereo ? " (stereo)" : "";

    if (model && is_supported(arch))
        tc_plugin_name(name, meta, identity->label, stereo);
    else if (!model)
        (void)snprintf(name, PLUGIN_NAME_SIZE, "%s (model lost: %.160s)%s", identity->label,
                       error->message, channels);
    else if (arch->readout != TC_READOUT_LINEAR)
        (void)snprintf(name, PLUGIN_NAME_SIZE,
                       "%s (not played: the readout is %s, expected linear)%s", model_name,
                       tc_readout_name(arch->readout), channels);
    else if (arch->symbols)
        (void)snprintf(name, PLUGIN_NAME_SIZE,
                       "%s (not played: an input of symbols, expected audio)%s", model_name,
                       channels);
    else
        (void)snprintf(name, PLUGIN_NAME_SIZE,
                       "%s (not played: %u audio inputs, %u outputs, expected 1, 1)%s", model_name,
                       arch->audio_inputs, arch->outputs, channels);
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text && text[0] ? text : otherwise;
}

static void fill_descriptor(struct plugin *plugin, unsigned channels, uint32_t id)
{
    const struct tc_metadata *const meta = model ? tc_model_metadata(model) : NULL;
    const bool supported = model && is_supported(tc_model_architecture(model));
    struct port_needs needs = {.channels = channels};

    plugin->model = supported ? model : NULL;
    if (supported)
        needs = (struct port_needs){
            .channels = channels,
            .knobs = tc_model_architecture(model)->knobs,
            .knob = meta->knob,
            .control = tc_model_control(model) == TC_CONTROL_AUDIO ? meta->control : NULL};
    ports_init(&plugin->ports, &needs);
    plugin->descriptor = (LADSPA_Descriptor){
        .UniqueID = id,
        .Label = plugin->label,
        .Properties = LADSPA_PROPERTY_HARD_RT_CAPABLE,
        .Name = plugin->name,
        .Maker = text_or(meta ? meta->author : NULL, "Tonecell"),
        .Copyright = text_or(meta ? meta->licence : NULL, "None"),
        .PortCount = ports_count(&plugin->ports),
        .PortDescriptors = plugin->ports.descriptor,
        .PortNames = plugin->ports.name,
        .PortRangeHints = plugin->ports.hint,
        .ImplementationData = plugin,
    };
    instance_set_functions(&plugin->descriptor);
}

/* Here rather than in ladspa_descriptor(), which hosts call often and from any thread. */
__attribute__((constructor)) static void fill_descriptors(void)
{
    struct tc_plugin_identity identity;
    struct tc_error error = {""};

    if (read_image(&identity, &error) != TC_OK)
        identity_from_file(&identity);
    n_plugins = model && tc_model_control(model) == TC_CONTROL_AUDIO ? 1 : MAX_PLUGINS;
    for (unsigned i = 0; i < n_plugins; ++i) {
        struct plugin *const plugin = &plugins[i];

        (void)snprintf(plugin->label, sizeof plugin->label, "%s%s", identity.label,
                       i ? TC_STEREO_SUFFIX : "");
        name_plugin(plugin->name, &identity, &error, i > 0);
        fill_descriptor(plugin, i + 1, i ? identity.stereo_id : identity.mono_id);
    }
}

__attribute__((destructor)) static void free_model(void)
{
    tc_model_free(model);
}

const LADSPA_Descriptor *ladspa_descriptor(unsigned long index)
{
    return index < n_plugins ? &plugins[index].descriptor : NULL;
}
