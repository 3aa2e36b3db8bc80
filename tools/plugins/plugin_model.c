#include "plugins/plugin_model.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/load_model.h"
#include "cli/talk.h"
#include "model/plugin_identity.h"
#include "tonecell-train.h"

/* As tc_label_from_path(); a folder may end in slashes. */
static bool label_from_file(char label[TC_LABEL_SIZE], const char *path)
{
    char trimmed[PATH_MAX];
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        --length;
    (void)snprintf(trimmed, sizeof trimmed, "%.*s", (int)length, path);
    return tc_label_from_path(label, trimmed);
}

static bool choose_label(char label[TC_LABEL_SIZE], const struct tc_model *model, const char *path,
                         const struct model_texts *texts)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);

    if (texts->label)
        return tc_label_from_text(label, texts->label);
    if (texts->name && tc_label_from_text(label, texts->name))
        return true;
    return tc_label_from_text(label, meta->label) || tc_label_from_text(label, meta->name) ||
           label_from_file(label, path);
}

static bool is_playable(const struct tc_model *model, const char *path)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    if (arch->readout != TC_READOUT_LINEAR)
        talk_error(path, "the model's readout is %s, the plugin plays linear ones",
                   tc_readout_name(arch->readout));
    else if (arch->symbols)
        talk_error(path, "the model has an input of %u symbols, the plugin plays audio",
                   arch->symbols);
    else if (arch->audio_inputs != 1u + (tc_model_control(model) == TC_CONTROL_AUDIO) ||
             arch->outputs != 1)
        talk_error(path, "the model has %u audio inputs and %u outputs, the plugin plays 1 and 1",
                   arch->audio_inputs, arch->outputs);
    else
        return true;
    return false;
}

/* A copy with the name that hosts show, without the suffixes of tc_plugin_name(). */
static struct tc_model *with_name(const struct tc_model *model, const char *path,
                                  const struct model_texts *texts, const char *label)
{
    const char *const own = tc_model_metadata(model)->name;
    struct model_texts named = *texts;

    if (!named.name)
        named.name = texts->label ? texts->label : own[0] ? own : label;
    return model_with_texts(model, &named, path);
}

/* What the plugin's controls Rate and Normalise depend on, and the file need not say. */
static bool complete(struct tc_model **model, const char *path)
{
    struct tc_error error;

    if (!*model)
        return false;
    if (measure_loudness(model, &error) == TC_OK && tc_find_eigenvalues(*model, &error) == TC_OK)
        return true;
    talk_error(path, "%s", error.message);
    tc_model_free(*model);
    *model = NULL;
    return false;
}

struct tc_model *plugin_model_load(const char *path, const struct model_texts *texts,
                                   double sample_rate_hz, const struct analogue_levels *levels,
                                   struct tc_plugin_identity *identity)
{
    struct tc_model *model = load_model(path, sample_rate_hz, NULL);
    struct tc_model *named = NULL;
    char label[TC_LABEL_SIZE];

    if (model && is_playable(model, path) && analogue_levels_calibrate(&model, levels, path)) {
        if (choose_label(label, model, path, texts)) {
            tc_identity_from_label(identity, label);
            named = with_name(model, path, texts, label);
        } else {
            talk_error(path,
                       "nothing in the model's name or file name makes a label: give --label");
        }
    }
    tc_model_free(model);
    return complete(&named, path) ? named : NULL;
}

/* The plugin itself has no words for what its control Rate does in a session. */
static void say_rates(const struct tc_model *model)
{
    static const double usual_hz[] = {44100.0, 48000.0, 88200.0, 96000.0, 176400.0, 192000.0};
    char delayed[80] = "";

    for (size_t i = 0; i < sizeof usual_hz / sizeof *usual_hz; ++i) {
        const size_t used = strlen(delayed);

        if (tc_player_delays(model, usual_hz[i]))
            (void)snprintf(delayed + used, sizeof delayed - used, "%s%g", used ? ", " : "",
                           usual_hz[i] / 1000.0);
    }
    talk_say(NULL,
             "made at %g Hz; in a session of another rate the plugin converts, with latency%s%s%s",
             tc_model_metadata(model)->sample_rate_hz,
             delayed[0] ? "; with Rate 2 it has none at " : "", delayed, delayed[0] ? " kHz" : "");
}

void plugin_model_report(const char *path, const struct tc_model *model,
                         const struct tc_plugin_identity *identity)
{
    const struct tc_metadata *const meta = tc_model_metadata(model);
    char name[TC_PLUGIN_NAME_SIZE];

    printf("%s\n", path);
    tc_plugin_name(name, meta, identity->label, false);
    if (tc_model_control(model) == TC_CONTROL_AUDIO)
        talk_say(NULL, "%s: label %s (ID %u), with %s as its second audio input", name,
                 identity->label, identity->mono_id, meta->control);
    else
        talk_say(NULL, "%s: label %s (ID %u), stereo %s%s (ID %u)", name, identity->label,
                 identity->mono_id, identity->label, TC_STEREO_SUFFIX, identity->stereo_id);
    if (meta->sample_rate_hz > 0.0)
        say_rates(model);
}
