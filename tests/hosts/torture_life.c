#include "torture_checks.h"

#include <dlfcn.h>

#include "instance.h"

/* The life cycle of instances: instantiate, connect, activate, run, deactivate, cleanup. */

bool check_rates(void)
{
    static const unsigned long rate_hz[] = {1,     8000,  11025, 22050,  44100,
                                            48000, 88200, 96000, 192000, 384000};
    bool bad = false;

    for (size_t i = 0; i < sizeof rate_hz / sizeof *rate_hz; ++i) {
        struct instance *const instance = make(rate_hz[i]);

        activate(instance);
        run(instance, noise, first, 0, 256);
        bad |= is_unclean(first, 256, "any rate");
        deactivate(instance);
        destroy(instance);
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
    instance = make(48000);
    for (unsigned i = 0; i < 3; ++i) { /* PipeWire, PulseAudio, Ardour: many times */
        activate(instance);
        run(instance, noise, first, 0, 64);
        deactivate(instance);
        activate(instance);
        deactivate(instance);
    }
    activate(instance);
    destroy(instance);                /* while active */
    for (unsigned i = 0; i < 20; ++i) /* ecasound, PipeWire, LMMS: only to look */
        destroy(make(44100));
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
    struct instance *const instance = make_active();

    run(instance, noise, first, 0, N);
    deactivate(instance);
    activate(instance);
    run(instance, noise, second, 0, N);
    return differ(first, second, N, "before and after activate()");
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
            return fails("ladspa_descriptor() of a huge index is not NULL");
        dlclose(handle);
    }
    return false;
}
