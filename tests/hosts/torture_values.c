/* Tries values of controls and input samples: bounds, NaN, infinities, denormals and huge numbers,
 * recovery from them, and long silence after noise. The output must be finite and not denormal. */
#include "torture_checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture_host.h"

static bool try_control(unsigned long port, float value)
{
    struct instance *const instance = new_active_instance();
    char when[160];
    bool bad;

    run(instance, noise, first, 0, 64);
    instance->control[port] = value;
    run(instance, noise, first, 0, 256);
    (void)snprintf(when, sizeof when, "'%s' at %g", plugin->PortNames[port], (double)value);
    bad = has_bad_samples(first, 256, when);
    instance->control[port] = host_default(plugin, port);
    for (unsigned i = 0; i < 16; ++i)
        run(instance, noise, first, 0, 256);
    (void)snprintf(when, sizeof when, "'%s' back from %g", plugin->PortNames[port], (double)value);
    bad |= has_bad_samples(first, 256, when);
    free_instance(instance);
    return bad;
}

bool check_controls(void)
{
    static const float value[] = {NAN,    INFINITY, -INFINITY, 0.0f,  -0.0f,  1.0f,  -1.0f,
                                  1e-40f, 1e9f,     -1e9f,     1e30f, -1e30f, 3e38f, -3e38f};
    bool bad = false;

    for (unsigned i = 0; i < control_in.n; ++i) {
        const unsigned long port = control_in.port[i];

        bad |= try_control(port, plugin->PortRangeHints[port].LowerBound);
        bad |= try_control(port, plugin->PortRangeHints[port].UpperBound);
        for (size_t v = 0; v < sizeof value / sizeof *value; ++v)
            bad |= try_control(port, value[v]);
    }
    return bad;
}

bool check_inputs(void)
{
    static const float value[] = {0.0f,  1.0f,  -1.0f, 1e-40f,   -1e-40f,   1e-38f, 10.0f,
                                  1e10f, 1e30f, 3e38f, INFINITY, -INFINITY, NAN};
    float *in[MAX_PORTS];
    bool bad = false;

    for (unsigned c = 0; c < audio_in.n; ++c)
        in[c] = malloc(512 * sizeof(float));
    for (size_t v = 0; v < sizeof value / sizeof *value; ++v) {
        struct instance *const instance = new_active_instance();
        char when[64];

        for (unsigned c = 0; c < audio_in.n; ++c)
            for (size_t i = 0; i < 512; ++i)
                in[c][i] = value[v];
        run(instance, in, first, 0, 512);
        (void)snprintf(when, sizeof when, "input of %g", (double)value[v]);
        bad |= fabsf(value[v]) <= 10.0f && has_bad_samples(first, 512, when);
        for (unsigned i = 0; i < 40; ++i)
            run(instance, noise, first, 0, 512);
        bad |= has_bad_samples(first, 512, when);
        free_instance(instance);
    }
    return bad;
}

bool check_silence(void)
{
    struct instance *const instance = new_active_instance();
    bool bad = false;

    run(instance, noise, first, 0, N);
    for (unsigned c = 0; c < audio_in.n; ++c)
        memset(noise[c], 0, N * sizeof(float));
    for (unsigned i = 0; i < 20 && !bad; ++i) {
        run(instance, noise, first, 0, N);
        bad = has_bad_samples(first, N, "silence after noise");
    }
    return bad;
}
