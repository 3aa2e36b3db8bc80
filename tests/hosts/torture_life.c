/* Tries the life of an instance: instantiate() at many sample rates, activate() before any port is
 * connected and several times, cleanup() while active and of NULL, the same output again after
 * activate(), and loading and unloading the library. */
#include "torture_checks.h"

#include <dlfcn.h>

#include "torture_host.h"

bool check_rates(void)
{
    static const unsigned long rate_hz[] = {1,     8000,  11025, 22050,  44100,
                                            48000, 88200, 96000, 192000, 384000};
    bool bad = false;

    for (size_t i = 0; i < sizeof rate_hz / sizeof *rate_hz; ++i) {
        struct instance *const instance = new_instance(rate_hz[i]);

        activate(instance);
        run(instance, noise, first, 0, 256);
        bad |= has_bad_samples(first, 256, "any rate");
        deactivate(instance);
        free_instance(instance);
    }
    return bad;
}

bool check_life_cycle(void)
{
    LADSPA_Handle bare = plugin->instantiate(plugin, 48000);
    struct instance *instance;

    plugin->cleanup(bare); /* never connected, never activated */
    bare = plugin->instantiate(plugin, 48000);
    if (plugin->activate)
        plugin->activate(bare); /* liquidsoap: before any port is connected */
    plugin->cleanup(bare);
    instance = new_instance(48000);
    for (unsigned i = 0; i < 3; ++i) { /* PipeWire, PulseAudio, Ardour: many times */
        activate(instance);
        run(instance, noise, first, 0, 64);
        deactivate(instance);
        activate(instance);
        deactivate(instance);
    }
    activate(instance);
    free_instance(instance);          /* while active */
    for (unsigned i = 0; i < 20; ++i) /* ecasound, PipeWire, LMMS: only to look */
        free_instance(new_instance(44100));
    return false;
}

/* ffmpeg 5.1, after a failed instantiate(). */
bool check_null_handle(void)
{
    if (plugin->deactivate)
        plugin->deactivate(NULL);
    plugin->cleanup(NULL);
    return false;
}

bool check_reset(void)
{
    struct instance *const instance = new_active_instance();

    run(instance, noise, first, 0, N);
    deactivate(instance);
    activate(instance);
    run(instance, noise, second, 0, N);
    return outputs_differ(first, second, N, "before and after activate()");
}

bool check_reload(void)
{
    for (unsigned i = 0; i < 5; ++i) {
        void *const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        LADSPA_Descriptor_Function descriptor;
        const LADSPA_Descriptor *found;

        *(void **)&descriptor = dlsym(handle, "ladspa_descriptor");
        found = descriptor(0);
        found->cleanup(found->instantiate(found, 48000));
        if (descriptor(1000000) || descriptor(~0ul))
            return report_failure("ladspa_descriptor() of a huge index is not NULL");
        dlclose(handle);
    }
    return false;
}
