/* The functions of LADSPA's descriptor, in the order in which a host calls them:
 *
 *     instantiate(), connect_port(), activate(), run() or run_adding(), cleanup()
 *
 * run() reads the control ports, lets the instance's player (core/player) process the audio in
 * blocks, and writes the latency. Nothing it calls allocates, locks, prints or waits. */
#include "plugin/instance.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 256 };

static const float silence[BLOCK_FRAMES];

struct instance {
    const struct plugin *plugin;
    struct tc_player *player;   /* NULL: audio passes through */
    struct tc_controls initial; /* of ports that the host left unconnected */
    float adding_gain;
    LADSPA_Data *port[MAX_PORTS];
    /* Output is written here first, so that it cannot overwrite input that another channel still
     * needs. */
    float out[MAX_PLUGIN_CHANNELS][BLOCK_FRAMES];
};

static LADSPA_Handle instantiate(const LADSPA_Descriptor *descriptor, unsigned long rate_hz)
{
    const struct plugin *const plugin = descriptor->ImplementationData;
    struct instance *const instance = calloc(1, sizeof *instance);

    if (!instance)
        return NULL;
    instance->plugin = plugin;
    instance->adding_gain = 1.0f;
    if (plugin->model) {
        tc_controls_init(&instance->initial, plugin->model);
        /* On failure the player stays NULL and audio passes through: some hosts crash when they
         * get no instance. */
        (void)tc_player_new(&instance->player, plugin->model, plugin->ports.channels,
                            (double)rate_hz, NULL);
    }
    return instance;
}

static void cleanup(LADSPA_Handle handle)
{
    struct instance *const instance = handle;

    if (!instance)
        return;
    tc_player_free(instance->player);
    free(instance);
}

static void connect_port(LADSPA_Handle handle, unsigned long port, LADSPA_Data *location)
{
    struct instance *const instance = handle;

    if (instance && port < MAX_PORTS)
        instance->port[port] = location;
}

static void activate(LADSPA_Handle handle)
{
    struct instance *const instance = handle;

    if (instance && instance->player)
        tc_player_reset(instance->player);
}

/* The value of a port, or `unconnected`. */
static float read_port(const struct instance *instance, unsigned port, float unconnected)
{
    return instance->port[port] ? *instance->port[port] : unconnected;
}

static float read_control(const struct instance *instance, enum fixed_control control,
                          float unconnected)
{
    return read_port(instance, ports_control(&instance->plugin->ports, control), unconnected);
}

static struct tc_controls read_controls(const struct instance *instance)
{
    struct tc_controls controls = instance->initial;

    for (unsigned k = 0; k < instance->plugin->ports.knobs; ++k)
        controls.knob[k] = read_port(instance, k, controls.knob[k]);
    controls.in_gain_db = read_control(instance, CONTROL_IN_GAIN, controls.in_gain_db);
    controls.out_gain_db = read_control(instance, CONTROL_OUT_GAIN, controls.out_gain_db);
    controls.dry = read_control(instance, CONTROL_DRY, controls.dry);
    controls.bypass = read_control(instance, CONTROL_BYPASS, controls.bypass);
    controls.normalise = read_control(instance, CONTROL_NORMALISE, controls.normalise);
    controls.dc_blocker = read_control(instance, CONTROL_DC_BLOCKER, controls.dc_blocker);
    controls.rate = read_control(instance, CONTROL_RATE, controls.rate);
    controls.oversampling = read_control(instance, CONTROL_OVERSAMPLING, controls.oversampling);
    return controls;
}

/* n <= BLOCK_FRAMES frames, from `start` on, of every input into instance->out. */
static void process_block(struct instance *instance, const struct tc_controls *controls,
                          size_t start, size_t n)
{
    const unsigned first = ports_audio_in(&instance->plugin->ports);
    const unsigned inputs = instance->plugin->ports.inputs;
    const unsigned channels = instance->plugin->ports.channels;
    const float *in[MAX_PLUGIN_CHANNELS];
    float *out[MAX_PLUGIN_CHANNELS];

    for (unsigned i = 0; i < inputs; ++i)
        in[i] = instance->port[first + i] ? instance->port[first + i] + start : silence;
    for (unsigned c = 0; c < channels; ++c)
        out[c] = instance->out[c];
    if (instance->player)
        tc_player_process(instance->player, controls, in, out, n);
    else
        for (unsigned c = 0; c < channels; ++c)
            memcpy(out[c], in[c], n * sizeof *out[c]);
}

static void replace_output(float *restrict out, const float *restrict block, size_t n)
{
    memcpy(out, block, n * sizeof *out);
}

static void add_to_output(float *restrict out, const float *restrict block, float gain, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        out[i] += gain * block[i];
}

static void write_output(const struct instance *instance, bool adding, size_t start, size_t n)
{
    const unsigned first = ports_audio_out(&instance->plugin->ports);

    for (unsigned c = 0; c < instance->plugin->ports.channels; ++c) {
        LADSPA_Data *const port = instance->port[first + c];

        if (port && adding)
            add_to_output(port + start, instance->out[c], instance->adding_gain, n);
        else if (port)
            replace_output(port + start, instance->out[c], n);
    }
}

/* Control ports count as constant during a call, as LADSPA has it. */
static void process(struct instance *instance, size_t n_frames, bool adding)
{
    const struct tc_controls controls = read_controls(instance);
    LADSPA_Data *const latency = instance->port[ports_latency(&instance->plugin->ports)];

    for (size_t start = 0; start < n_frames; start += BLOCK_FRAMES) {
        const size_t remaining = n_frames - start;
        const size_t n = remaining < BLOCK_FRAMES ? remaining : BLOCK_FRAMES;

        process_block(instance, &controls, start, n);
        write_output(instance, adding, start, n);
    }
    if (latency)
        *latency =
            instance->player ? (float)tc_player_latency_frames(instance->player, &controls) : 0.0f;
}

/* LADSPA: process n_frames (SampleCount; any number, 0 too) from and to the connected ports. */
static void run(LADSPA_Handle handle, unsigned long n_frames)
{
    if (handle)
        process(handle, n_frames, false);
}

static void run_adding(LADSPA_Handle handle, unsigned long n_frames)
{
    if (handle)
        process(handle, n_frames, true);
}

static void set_run_adding_gain(LADSPA_Handle handle, LADSPA_Data gain)
{
    struct instance *const instance = handle;

    if (instance)
        instance->adding_gain = gain;
}

void instance_set_functions(LADSPA_Descriptor *descriptor)
{
    descriptor->instantiate = instantiate;
    descriptor->connect_port = connect_port;
    descriptor->activate = activate;
    descriptor->run = run;
    descriptor->run_adding = run_adding;
    descriptor->set_run_adding_gain = set_run_adding_gain;
    descriptor->cleanup = cleanup;
}
