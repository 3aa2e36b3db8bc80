/* Torture host for a LADSPA library: torture [--hours HOURS] [LIBRARY.so [LABEL]]
 *
 * Calls every plugin in the ways that real hosts do, and checks what other test hosts check: each
 * check runs in a process of its own, so that a crash is one failure. --hours makes the long checks
 * instead, which play so many hours of audio. The exit status is the number of failed checks. */
#include <dlfcn.h>
#include <ladspa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture_host.h"
#include "torture_checks.h"

/* The built-in model's sample rate and another; the controls Rate and Oversampling. */
static const struct setting settings[] = {
    {44100, 0.0f, 0.0f}, {48000, 0.0f, 0.0f}, {48000, 2.0f, 0.0f},
    {44100, 0.0f, 1.0f}, {48000, 0.0f, 2.0f}, {48000, 2.0f, 2.0f},
};

enum extent {
    ONCE,  /* a setting makes no difference */
    SHORT, /* with each setting */
    LONG   /* with each setting, with --hours only */
};

static const struct check {
    const char *name;
    bool (*fails)(void);
    enum extent extent;
} check[] = {
    {"descriptor", check_descriptor, ONCE},
    {"rates", check_rates, SHORT},
    {"life cycle", check_life_cycle, ONCE},
    {"null handle", check_null_handle, ONCE},
    {"reset", check_reset, SHORT},
    {"reload", check_reload, ONCE},
    {"block sizes", check_block_sizes, SHORT},
    {"empty block", check_empty_block, SHORT},
    {"large block", check_large_block, SHORT},
    {"in place", check_in_place, SHORT},
    {"one buffer", check_one_buffer, SHORT},
    {"bounds", check_bounds, SHORT},
    {"run_adding", check_run_adding, SHORT},
    {"controls", check_controls, SHORT},
    {"inputs", check_inputs, SHORT},
    {"silence", check_silence, SHORT},
    {"float mode", check_float_mode, SHORT},
    {"instances", check_instances, SHORT},
    {"200 instances", check_many_instances, SHORT},
    {"threads", check_threads, SHORT},
    {"parallel", check_parallel, SHORT},
    {"random calls", check_random_calls, SHORT},
    {"automation", check_automation, SHORT},
    {"automation", check_long_automation, LONG},
    {"levels", check_hours_of_levels, LONG},
    {"sine", check_hours_of_sine, LONG},
};

enum { TIME_LIMIT_S = 120, LONG_TIME_LIMIT_S = 7200 };

static int run_check(const struct check *one)
{
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        bool failed;

        (void)alarm(one->extent == LONG ? LONG_TIME_LIMIT_S : TIME_LIMIT_S);
        allocate_buffers();
        failed = one->fails();
        (void)fflush(stdout);
        _exit(failed ? 1 : 0);
    }
    (void)waitpid(child, &status, 0);
    if (status)
        printf("  %-13s %s\n", one->name,
               WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "FAIL");
    return status != 0;
}

static int run_checks_with(size_t index)
{
    int failed = 0, made = 0;

    setting = settings[index];
    for (size_t i = 0; i < sizeof check / sizeof *check; ++i) {
        const enum extent extent = check[i].extent;

        if (long_hours > 0.0 ? extent != LONG : extent == LONG || (extent == ONCE && index > 0))
            continue;
        failed += run_check(&check[i]);
        ++made;
    }
    printf("  %lu Hz, Rate %g, Oversampling %g: %d of %d checks failed\n", setting.rate_hz,
           (double)setting.rate, (double)setting.oversampling, failed, made);
    return failed;
}

static int run_checks(void)
{
    int failed = 0;

    sort_ports();
    printf("%s (%lu): %u inputs, %u outputs, %u controls\n", plugin->Label, plugin->UniqueID,
           audio_in.n, audio_out.n, control_in.n);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; ++i)
        failed += run_checks_with(i);
    return failed;
}

int main(int argc, char **argv)
{
    LADSPA_Descriptor_Function descriptor;
    void *handle;
    int failed = 0, seen = 0;

    if (argc > 2 && strcmp(argv[1], "--hours") == 0) {
        long_hours = atof(argv[2]);
        argc -= 2;
        argv += 2;
    }
    library = argc > 1 ? argv[1] : PLUGIN;
    handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    *(void **)&descriptor = handle ? dlsym(handle, "ladspa_descriptor") : NULL;
    if (!descriptor) {
        fprintf(stderr, "torture: %s\n", dlerror());
        return 99;
    }
    for (unsigned long i = 0; (plugin = descriptor(i)); ++i)
        if (argc < 3 || strcmp(plugin->Label, argv[2]) == 0) {
            failed += run_checks();
            ++seen;
        }
    printf("%d failed\n", failed);
    return seen == 0 ? 99 : failed < 99 ? failed : 99;
}
