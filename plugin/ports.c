#include "plugin/ports.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    BOUNDED = LADSPA_HINT_BOUNDED_BELOW | LADSPA_HINT_BOUNDED_ABOVE,
    NEUTRAL = BOUNDED | LADSPA_HINT_DEFAULT_0,
    CHOICE = NEUTRAL | LADSPA_HINT_INTEGER /* toggles too: LADSPA_HINT_TOGGLED allows no bounds */
};

struct fixed_port {
    const char *name;
    LADSPA_PortRangeHint hint;
};

static const struct fixed_port fixed[FIXED_CONTROLS] = {
    [CONTROL_IN_GAIN] = {"Input gain (dB)", {NEUTRAL, TC_GAIN_MIN_DB, TC_GAIN_MAX_DB}},
    [CONTROL_OUT_GAIN] = {"Output gain (dB)", {NEUTRAL, TC_GAIN_MIN_DB, TC_GAIN_MAX_DB}},
    [CONTROL_DRY] = {"Dry", {NEUTRAL, 0.0f, 1.0f}},
    [CONTROL_BYPASS] = {"Bypass", {CHOICE, 0.0f, 1.0f}},
    [CONTROL_NORMALISE] = {"Normalise", {CHOICE, 0.0f, 1.0f}},
    [CONTROL_DC_BLOCKER] = {"DC blocker", {CHOICE, 0.0f, 1.0f}},
    [CONTROL_RATE] = {"Rate", {CHOICE, 0.0f, 2.0f}},
    [CONTROL_OVERSAMPLING] = {"Oversampling", {CHOICE, 0.0f, 2.0f}},
};

/* Hosts find this port by its name. */
static const struct fixed_port latency = {"latency", {CHOICE, 0.0f, 192000.0f}};

static const char *const audio_name[MAX_PLUGIN_CHANNELS][2][MAX_PLUGIN_CHANNELS] = {
    {{"Input"}, {"Output"}},
    {{"Input L", "Input R"}, {"Output L", "Output R"}},
};

unsigned ports_control(const struct ports *ports, enum fixed_control control)
{
    return ports->knobs + control;
}

unsigned ports_audio_in(const struct ports *ports)
{
    return ports->knobs + FIXED_CONTROLS;
}

unsigned ports_audio_out(const struct ports *ports)
{
    return ports_audio_in(ports) + ports->inputs;
}

unsigned ports_latency(const struct ports *ports)
{
    return ports_audio_out(ports) + ports->channels;
}

unsigned ports_count(const struct ports *ports)
{
    return ports_latency(ports) + 1;
}

/* LADSPA knows nine defaults. The quarters are those of a linear scale. */
static LADSPA_PortRangeHintDescriptor nearest_default(const struct tc_knob *knob)
{
    const float span = knob->max - knob->min;
    const struct {
        LADSPA_PortRangeHintDescriptor hint;
        float value;
    } choice[] = {
        {LADSPA_HINT_DEFAULT_MINIMUM, knob->min},
        {LADSPA_HINT_DEFAULT_0, 0.0f},
        {LADSPA_HINT_DEFAULT_1, 1.0f},
        {LADSPA_HINT_DEFAULT_100, 100.0f},
        {LADSPA_HINT_DEFAULT_440, 440.0f},
        {LADSPA_HINT_DEFAULT_LOW, knob->min + 0.25f * span},
        {LADSPA_HINT_DEFAULT_MIDDLE, knob->min + 0.5f * span},
        {LADSPA_HINT_DEFAULT_HIGH, knob->min + 0.75f * span},
        {LADSPA_HINT_DEFAULT_MAXIMUM, knob->max},
    };
    size_t best = 0;

    for (size_t i = 1; i < sizeof choice / sizeof *choice; ++i)
        if (choice[i].value >= knob->min && choice[i].value <= knob->max &&
            fabsf(choice[i].value - knob->initial) < fabsf(choice[best].value - knob->initial))
            best = i;
    return choice[best].hint;
}

/* By any port but the later knobs. */
static bool name_is_taken(const struct ports *ports, unsigned n_knobs, const char *name)
{
    for (unsigned k = 0; k < n_knobs; ++k)
        if (strcmp(ports->name[k], name) == 0)
            return true;
    for (unsigned i = 0; i < FIXED_CONTROLS; ++i)
        if (strcmp(fixed[i].name, name) == 0)
            return true;
    return strcmp(name, latency.name) == 0 || strncmp(name, "Input", 5) == 0 ||
           strncmp(name, "Output", 6) == 0;
}

static void name_control(struct ports *ports, const char *control)
{
    const unsigned port = ports_audio_in(ports) + ports->channels;

    (void)snprintf(ports->control_name, sizeof ports->control_name, "%s%s",
                   name_is_taken(ports, ports->knobs, control) ? "Control: " : "", control);
    ports->name[port] = ports->control_name;
    ports->descriptor[port] = LADSPA_PORT_INPUT | LADSPA_PORT_AUDIO;
}

/* Hosts that go by names need them to differ, whatever a model calls its knobs. */
static void name_knob(struct ports *ports, const struct tc_knob *knob, unsigned index)
{
    char *const name = ports->knob_name[index];
    const size_t size = sizeof ports->knob_name[index];

    if (knob->unit[0])
        (void)snprintf(name, size, "%s (%s)", knob->name, knob->unit);
    else
        (void)snprintf(name, size, "%s", knob->name);
    if (name_is_taken(ports, index, name))
        (void)snprintf(name, size, "Knob %u: %s", index + 1, knob->name);
    ports->name[index] = name;
}

static void add_controls(struct ports *ports, const struct tc_knob *knob)
{
    for (unsigned k = 0; k < ports->knobs; ++k) {
        name_knob(ports, &knob[k], k);
        ports->hint[k] =
            (LADSPA_PortRangeHint){BOUNDED | nearest_default(&knob[k]), knob[k].min, knob[k].max};
    }
    for (unsigned i = 0; i < FIXED_CONTROLS; ++i) {
        ports->name[ports_control(ports, i)] = fixed[i].name;
        ports->hint[ports_control(ports, i)] = fixed[i].hint;
    }
    for (unsigned p = 0; p < ports_audio_in(ports); ++p)
        ports->descriptor[p] = LADSPA_PORT_INPUT | LADSPA_PORT_CONTROL;
}

void ports_init(struct ports *ports, const struct port_needs *needs)
{
    const unsigned channels = needs->channels;

    memset(ports, 0, sizeof *ports);
    ports->knobs = needs->knobs;
    ports->channels = channels;
    ports->inputs = channels + (needs->control != NULL);
    add_controls(ports, needs->knob);
    for (unsigned c = 0; c < channels; ++c) {
        const unsigned in = ports_audio_in(ports) + c, out = ports_audio_out(ports) + c;

        ports->descriptor[in] = LADSPA_PORT_INPUT | LADSPA_PORT_AUDIO;
        ports->name[in] = audio_name[channels - 1][0][c];
        ports->descriptor[out] = LADSPA_PORT_OUTPUT | LADSPA_PORT_AUDIO;
        ports->name[out] = audio_name[channels - 1][1][c];
    }
    if (needs->control)
        name_control(ports, needs->control);
    ports->descriptor[ports_latency(ports)] = LADSPA_PORT_OUTPUT | LADSPA_PORT_CONTROL;
    ports->name[ports_latency(ports)] = latency.name;
    ports->hint[ports_latency(ports)] = latency.hint;
}
