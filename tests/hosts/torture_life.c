/* Tries the life of an instance: instantiate() at many sample rates, activate() before any port is
 * connected and several times, cleanup() while active and of NULL, the same output again after
 * activate(), and loading and unloading the library. */
#include "torture_checks.h"

#include <dlfcn.h>
#include <stdio.h>

#include "torture_host.h"

bool check_rates(void)
{
    static const unsigned long rate_hz[] = {1,      2,      50,     999,    8000,  11025, 16000,
                                            22050,  32000,  44100,  48000,  88200, 96000, 176400,
                                            192000, 352800, 384000, 705600, 768000};
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
    LADSPA_Handle bare = plugin->instantiate(plugin, setting.rate_hz);
    struct instance *instance;

    plugin->cleanup(bare); /* never connected, never activated */
    bare = plugin->instantiate(plugin, setting.rate_hz);
    if (plugin->activate)
        plugin->activate(bare); /* liquidsoap: before any port is connected */
    plugin->cleanup(bare);
    instance = new_instance(setting.rate_hz);
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

/* Pages of memory that the process has. */
static long resident_pages(void)
{
    FILE *const file = fopen("/proc/self/statm", "r");
    long size = 0, resident = 0;

    if (file && fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = 0;
    if (file)
        (void)fclose(file);
    return resident;
}

/* False if the library cannot be loaded, or finds plugins that it has not. */
static bool load_once(void)
{
    void *const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    LADSPA_Descriptor_Function descriptor;
    const LADSPA_Descriptor *found;
    bool none;

    if (!handle)
        return false;
    *(void **)&descriptor = dlsym(handle, "ladspa_descriptor");
    found = descriptor(0);
    found->cleanup(found->instantiate(found, setting.rate_hz));
    none = !descriptor(1000000) && !descriptor(~0ul);
    (void)dlclose(handle);
    return none;
}

/* AddressSanitizer keeps freed memory for a while. */
#ifdef __SANITIZE_ADDRESS__
enum { ALLOWED_PAGES = 1 << 30 };
#else
enum { ALLOWED_PAGES = 64 };
#endif

bool check_reload(void)
{
    enum { TIMES = 1000, FIRST = 100 };
    void *const first_handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    long before = 0;

    (void)dlclose(first_handle); /* now only main() has it, */
    (void)dlclose(first_handle); /* and now nobody has */
    for (unsigned i = 0; i < TIMES; ++i) {
        if (i == FIRST)
            before = resident_pages();
        if (!load_once())
            return report_failure(
                "loaded for the %uth time: no library, or ladspa_descriptor() of a "
                "huge index is not NULL",
                i + 1);
    }
    if (resident_pages() > before + ALLOWED_PAGES)
        return report_failure("%ld pages of memory after %u loads, %ld after %u", before, FIRST,
                              resident_pages(), TIMES);
    return false;
}
