#include "torture_host.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *library;
const LADSPA_Descriptor *plugin;
struct setting setting;
double long_hours;
struct port_list audio_in, audio_out, control_in, control_out;
float *noise[MAX_PORTS], *first[MAX_PORTS], *second[MAX_PORTS];

void sort_ports(void)
{
    audio_in.n = audio_out.n = control_in.n = control_out.n = 0;
    for (unsigned long p = 0; p < plugin->PortCount && p < MAX_PORTS; ++p) {
        const LADSPA_PortDescriptor bits = plugin->PortDescriptors[p];
        struct port_list *const inputs = LADSPA_IS_PORT_AUDIO(bits) ? &audio_in : &control_in;
        struct port_list *const outputs = LADSPA_IS_PORT_AUDIO(bits) ? &audio_out : &control_out;
        struct port_list *const list = LADSPA_IS_PORT_INPUT(bits) ? inputs : outputs;

        list->port[list->n++] = p;
    }
}

bool report_failure(const char *format, ...)
{
    va_list arguments;

    printf("      ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return true;
}

void allocate_buffers(void)
{
    for (unsigned c = 0; c < audio_in.n; ++c) {
        noise[c] = calloc(N, sizeof(float));
        host_noise(noise[c], N, c + 1);
    }
    for (unsigned c = 0; c < audio_out.n; ++c) {
        first[c] = calloc(N, sizeof(float));
        second[c] = calloc(N, sizeof(float));
    }
}

unsigned random_below(unsigned *state, unsigned n)
{
    *state = *state * 1664525u + 1013904223u;
    return (unsigned)((unsigned long long)*state * n >> 32);
}

static float initial_value(unsigned long port)
{
    if (strcmp(plugin->PortNames[port], "Rate") == 0)
        return setting.rate;
    if (strcmp(plugin->PortNames[port], "Oversampling") == 0)
        return setting.oversampling;
    return host_default(plugin, port);
}

struct instance *new_instance(unsigned long rate_hz)
{
    struct instance *const made = calloc(1, sizeof *made);

    made->handle = plugin->instantiate(plugin, rate_hz);
    if (!made->handle) {
        printf("      instantiate(%lu) returned NULL\n", rate_hz);
        exit(1);
    }
    for (unsigned i = 0; i < control_in.n; ++i) {
        made->control[control_in.port[i]] = initial_value(control_in.port[i]);
        plugin->connect_port(made->handle, control_in.port[i], &made->control[control_in.port[i]]);
    }
    for (unsigned i = 0; i < control_out.n; ++i)
        plugin->connect_port(made->handle, control_out.port[i],
                             &made->control[control_out.port[i]]);
    return made;
}

void free_instance(struct instance *instance)
{
    plugin->cleanup(instance->handle);
    free(instance);
}

void activate(struct instance *instance)
{
    if (plugin->activate)
        plugin->activate(instance->handle);
}

void deactivate(struct instance *instance)
{
    if (plugin->deactivate)
        plugin->deactivate(instance->handle);
}

struct instance *new_active_instance(void)
{
    struct instance *const made = new_instance(setting.rate_hz);

    activate(made);
    return made;
}

void run(struct instance *instance, float *const *in, float *const *out, size_t start, size_t n)
{
    for (unsigned c = 0; c < audio_in.n; ++c)
        plugin->connect_port(instance->handle, audio_in.port[c], in[c] + start);
    for (unsigned c = 0; c < audio_out.n; ++c)
        plugin->connect_port(instance->handle, audio_out.port[c], out[c] + start);
    plugin->run(instance->handle, n);
}

bool has_bad_samples(float *const *out, size_t n, const char *when)
{
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < n; ++i)
            if (!isfinite(out[c][i]) || fpclassify(out[c][i]) == FP_SUBNORMAL)
                return report_failure("%s: output %u is %g at frame %zu", when, c,
                                      (double)out[c][i], i);
    return false;
}

bool outputs_differ(float *const *a, float *const *b, size_t n, const char *what)
{
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < n; ++i)
            if (memcmp(&a[c][i], &b[c][i], sizeof a[c][i]) != 0)
                return report_failure("%s: output %u is %.9g and %.9g at frame %zu", what, c,
                                      (double)a[c][i], (double)b[c][i], i);
    return false;
}
