#include "plugin_host.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { RATE_HZ = 48000 };

float host_default(const LADSPA_Descriptor *plugin, unsigned long port)
{
    const LADSPA_PortRangeHint *const hint = &plugin->PortRangeHints[port];
    const float low = hint->LowerBound, span = hint->UpperBound - low;

    switch (hint->HintDescriptor & LADSPA_HINT_DEFAULT_MASK) {
    case LADSPA_HINT_DEFAULT_MINIMUM:
        return low;
    case LADSPA_HINT_DEFAULT_LOW:
        return low + 0.25f * span;
    case LADSPA_HINT_DEFAULT_MIDDLE:
        return low + 0.5f * span;
    case LADSPA_HINT_DEFAULT_HIGH:
        return low + 0.75f * span;
    case LADSPA_HINT_DEFAULT_MAXIMUM:
        return hint->UpperBound;
    case LADSPA_HINT_DEFAULT_1:
        return 1.0f;
    case LADSPA_HINT_DEFAULT_100:
        return 100.0f;
    case LADSPA_HINT_DEFAULT_440:
        return 440.0f;
    default:
        return 0.0f;
    }
}

static void connect_controls(struct host *host)
{
    const LADSPA_Descriptor *const plugin = host->plugin;

    host->in = host->out = host->channels = host->outputs = 0;
    for (unsigned long p = plugin->PortCount; p-- > 0;) {
        const LADSPA_PortDescriptor port = plugin->PortDescriptors[p];

        if (LADSPA_IS_PORT_AUDIO(port)) {
            *(LADSPA_IS_PORT_INPUT(port) ? &host->in : &host->out) = p;
            ++*(LADSPA_IS_PORT_INPUT(port) ? &host->channels : &host->outputs);
            continue;
        }
        host->control[p] = host_default(plugin, p);
        plugin->connect_port(host->handle, p, &host->control[p]);
    }
}

bool host_open_with(struct host *host, const char *path, unsigned long index, int flags)
{
    LADSPA_Descriptor_Function descriptor;

    memset(host, 0, sizeof *host);
    host->library = dlopen(path, flags);
    if (!host->library) {
        printf("%s\n", dlerror());
        return false;
    }
    *(void **)&descriptor = dlsym(host->library, "ladspa_descriptor");
    host->plugin = descriptor ? descriptor(index) : NULL;
    host->handle = host->plugin ? host->plugin->instantiate(host->plugin, RATE_HZ) : NULL;
    if (!host->handle) {
        printf("%s: no plugin %lu, or no instance of it\n", path, index);
        dlclose(host->library);
        return false;
    }
    connect_controls(host);
    host->plugin->activate(host->handle);
    return true;
}

bool host_open(struct host *host, const char *path, unsigned long index)
{
    return host_open_with(host, path, index, RTLD_NOW | RTLD_LOCAL);
}

void host_close(struct host *host)
{
    host->plugin->cleanup(host->handle);
    dlclose(host->library);
}

void host_run(struct host *host, float *const *in, float *const *out, size_t n_frames)
{
    for (unsigned c = 0; c < host->channels; ++c)
        host->plugin->connect_port(host->handle, host->in + c, in[c]);
    for (unsigned c = 0; c < host->outputs; ++c)
        host->plugin->connect_port(host->handle, host->out + c, out[c]);
    host->plugin->run(host->handle, n_frames);
}

void host_noise(float *samples, size_t n, unsigned seed)
{
    uint32_t state = 2654435761u * (seed + 1);

    for (size_t i = 0; i < n; ++i) {
        state = state * 1664525u + 1013904223u;
        samples[i] = (float)(int32_t)state / 4294967296.0f;
    }
}

bool host_expect(const struct tc_model *model, unsigned channels, float *const *in,
                 float *const *out, size_t n_frames)
{
    const float *inputs[HOST_MAX_CHANNELS];
    struct tc_player *player = NULL;
    struct tc_controls controls;

    if (tc_player_new(&player, model, channels, RATE_HZ, NULL) != TC_OK)
        return false;
    for (unsigned c = 0; c < channels; ++c)
        inputs[c] = in[c];
    tc_controls_init(&controls, model);
    tc_player_process(player, &controls, inputs, out, n_frames);
    tc_player_free(player);
    return true;
}
