/* Torture host for a LADSPA library: torture [LIBRARY.so [LABEL]]
 *
 * Calls every plugin in the ways that real hosts do, and checks what other test hosts check: each
 * check runs in a process of its own, so that a crash is one failure. The exit status is the number
 * of failed checks. */
#include <dlfcn.h>
#include <ladspa.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture_host.h"
#include "torture_checks.h"

enum { TIME_LIMIT_S = 60 };

static const struct {
    const char *name;
    bool (*fails)(void);
} check[] = {
    {"descriptor", check_descriptor},
    {"rates", check_rates},
    {"life cycle", check_life_cycle},
    {"null handle", check_null_handle},
    {"reset", check_reset},
    {"reload", check_reload},
    {"block sizes", check_block_sizes},
    {"empty block", check_empty_block},
    {"large block", check_large_block},
    {"in place", check_in_place},
    {"one buffer", check_one_buffer},
    {"bounds", check_bounds},
    {"run_adding", check_run_adding},
    {"controls", check_controls},
    {"inputs", check_inputs},
    {"silence", check_silence},
    {"float mode", check_float_mode},
    {"instances", check_instances},
    {"threads", check_threads},
};

static int run_check(size_t index)
{
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        bool failed;

        (void)alarm(TIME_LIMIT_S);
        allocate_buffers();
        failed = check[index].fails();
        (void)fflush(stdout);
        _exit(failed ? 1 : 0);
    }
    (void)waitpid(child, &status, 0);
    printf("  %-12s %s\n", check[index].name,
           WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
           : status            ? "FAIL"
                               : "ok");
    return status != 0;
}

static int run_checks(void)
{
    int failed = 0;

    sort_ports();
    printf("%s (%lu): %u inputs, %u outputs, %u controls\n", plugin->Label, plugin->UniqueID,
           audio_in.n, audio_out.n, control_in.n);
    for (size_t i = 0; i < sizeof check / sizeof *check; ++i)
        failed += run_check(i);
    return failed;
}

int main(int argc, char **argv)
{
    LADSPA_Descriptor_Function descriptor;
    void *handle;
    int failed = 0, seen = 0;

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
