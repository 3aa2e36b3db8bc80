/* Torture host for a LADSPA library: torture [LIBRARY.so [LABEL]]
 *
 * Does to every plugin what real hosts were seen to do, and what other test hosts look for: each
 * check in a process of its own, so that a crash is one failure. The exit status is the number
 * of failed checks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <ladspa.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/plugin_host.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

enum { MAX_PORTS = HOST_MAX_PORTS, N = 8192, PAGE = 4096, TIME_LIMIT_S = 60 };

static const char *library;
static const LADSPA_Descriptor *plugin;

/* Ports of the plugin by kind. */
struct port_list {
    unsigned n;
    unsigned long port[MAX_PORTS];
};

static struct port_list audio_in, audio_out, control_in, control_out;

static bool fails(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Always true, for `return fails(...)`: a check returns whether it failed. */
static bool fails(const char *format, ...)
{
    va_list arguments;

    printf("      ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return true;
}

/* ------------------------------------------------------------------------- an instance */

struct instance {
    LADSPA_Handle handle;
    float control[MAX_PORTS];
};

/* Buffers of noise, and two sets to write to. */
static float *noise[MAX_PORTS], *first[MAX_PORTS], *second[MAX_PORTS];

static void make_buffers(void)
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

static struct instance *make(unsigned long rate_hz)
{
    struct instance *const made = calloc(1, sizeof *made);

    made->handle = plugin->instantiate(plugin, rate_hz);
    if (!made->handle) {
        printf("      instantiate(%lu) returned NULL\n", rate_hz);
        exit(1);
    }
    for (unsigned i = 0; i < control_in.n; ++i) {
        made->control[control_in.port[i]] = host_default(plugin, control_in.port[i]);
        plugin->connect_port(made->handle, control_in.port[i], &made->control[control_in.port[i]]);
    }
    for (unsigned i = 0; i < control_out.n; ++i)
        plugin->connect_port(made->handle, control_out.port[i],
                             &made->control[control_out.port[i]]);
    return made;
}

static void destroy(struct instance *instance)
{
    plugin->cleanup(instance->handle);
    free(instance);
}

static void activate(struct instance *instance)
{
    if (plugin->activate)
        plugin->activate(instance->handle);
}

static void deactivate(struct instance *instance)
{
    if (plugin->deactivate)
        plugin->deactivate(instance->handle);
}

static struct instance *make_active(void)
{
    struct instance *const made = make(48000);

    activate(made);
    return made;
}

static void run(struct instance *instance, float *const *in, float *const *out, size_t start,
                size_t n)
{
    for (unsigned c = 0; c < audio_in.n; ++c)
        plugin->connect_port(instance->handle, audio_in.port[c], in[c] + start);
    for (unsigned c = 0; c < audio_out.n; ++c)
        plugin->connect_port(instance->handle, audio_out.port[c], out[c] + start);
    plugin->run(instance->handle, n);
}

static bool is_unclean(float *const *out, size_t n, const char *when)
{
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < n; ++i)
            if (!isfinite(out[c][i]) || fpclassify(out[c][i]) == FP_SUBNORMAL)
                return fails("%s: output %u is %g at frame %zu", when, c, (double)out[c][i], i);
    return false;
}

static bool differ(float *const *a, float *const *b, size_t n, const char *what)
{
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < n; ++i)
            if (memcmp(&a[c][i], &b[c][i], sizeof a[c][i]) != 0)
                return fails("%s: output %u is %.9g and %.9g at frame %zu", what, c,
                             (double)a[c][i], (double)b[c][i], i);
    return false;
}

/* ------------------------------------------------------------------------- the descriptor */

static bool label_is_bad(void)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    if (!plugin->Label || !*plugin->Label || plugin->Label[strspn(plugin->Label, allowed)])
        return fails("the label is not made of letters, digits and _");
    if (!plugin->Name || !*plugin->Name || !plugin->Maker || !plugin->Copyright)
        return fails("name, maker or copyright is missing");
    if (plugin->UniqueID == 0 || plugin->UniqueID >= 0x1000000)
        return fails("UniqueID %lu is not within 1 and 0xffffff", plugin->UniqueID);
    if (plugin->Properties & LADSPA_PROPERTY_INPLACE_BROKEN)
        return fails("INPLACE_BROKEN: Ardour and ecasound refuse it");
    if (!plugin->run || !plugin->instantiate || !plugin->connect_port || !plugin->cleanup)
        return fails("a function is missing");
    return false;
}

static bool hint_is_bad(unsigned long port)
{
    const LADSPA_PortRangeHint *const hint = &plugin->PortRangeHints[port];
    const char *const name = plugin->PortNames[port];
    const float value = host_default(plugin, port);

    if (!LADSPA_IS_HINT_HAS_DEFAULT(hint->HintDescriptor))
        return fails("'%s' has no default: sox and ffmpeg refuse it", name);
    if (!LADSPA_IS_HINT_BOUNDED_BELOW(hint->HintDescriptor) ||
        !LADSPA_IS_HINT_BOUNDED_ABOVE(hint->HintDescriptor))
        return fails("'%s' is not bounded on both sides", name);
    if (LADSPA_IS_HINT_SAMPLE_RATE(hint->HintDescriptor) ||
        LADSPA_IS_HINT_LOGARITHMIC(hint->HintDescriptor))
        return fails("'%s' has a scale that hosts disagree about", name);
    if (!isfinite(hint->LowerBound) || !isfinite(hint->UpperBound) ||
        !(hint->LowerBound < hint->UpperBound))
        return fails("'%s' ranges from %g to %g", name, (double)hint->LowerBound,
                     (double)hint->UpperBound);
    if (!(value >= hint->LowerBound && value <= hint->UpperBound))
        return fails("'%s' defaults to %g, outside its range", name, (double)value);
    return false;
}

static bool port_is_bad(unsigned long port)
{
    const LADSPA_PortDescriptor bits = plugin->PortDescriptors[port];
    const char *const name = plugin->PortNames[port];

    if (!name || !*name)
        return fails("port %lu has no name", port);
    if (!LADSPA_IS_PORT_INPUT(bits) == !LADSPA_IS_PORT_OUTPUT(bits) ||
        !LADSPA_IS_PORT_AUDIO(bits) == !LADSPA_IS_PORT_CONTROL(bits))
        return fails("'%s' has impossible bits %d", name, bits);
    for (unsigned long other = 0; other < port; ++other)
        if (strcmp(plugin->PortNames[other], name) == 0)
            return fails("two ports are called '%s'", name);
    for (unsigned long other = 0; other < port; ++other)
        if (LADSPA_IS_PORT_AUDIO(plugin->PortDescriptors[other]) && LADSPA_IS_PORT_CONTROL(bits) &&
            LADSPA_IS_PORT_INPUT(bits))
            return fails("control input '%s' follows an audio port: melt shifts its value", name);
    return LADSPA_IS_PORT_CONTROL(bits) && hint_is_bad(port);
}

static bool check_descriptor(void)
{
    bool bad = label_is_bad();

    if (!plugin->PortRangeHints || !plugin->PortNames || !plugin->PortDescriptors)
        return fails("a port array is missing");
    for (unsigned long port = 0; port < plugin->PortCount; ++port)
        bad |= port_is_bad(port);
    if (audio_in.n != audio_out.n || audio_in.n == 0)
        bad |= fails("%u inputs and %u outputs: sox crashes", audio_in.n, audio_out.n);
    return bad;
}

/* ------------------------------------------------------------------------- life cycle */

static bool check_rates(void)
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

static bool check_life_cycle(void)
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
static bool check_null_handle(void)
{
    if (plugin->deactivate)
        plugin->deactivate(NULL);
    plugin->cleanup(NULL);
    return false;
}

static bool check_reset(void)
{
    struct instance *const instance = make_active();

    run(instance, noise, first, 0, N);
    deactivate(instance);
    activate(instance);
    run(instance, noise, second, 0, N);
    return differ(first, second, N, "before and after activate()");
}

static bool check_reload(void)
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

/* ------------------------------------------------------------------------- blocks and buffers */

static bool check_block_sizes(void)
{
    static const size_t size[] = {1,  2,  3,   5,   7,   17,  31,  32,  33,   63,
                                  64, 65, 100, 127, 128, 256, 441, 512, 1000, 1023};
    struct instance *const whole = make_active(), *const cut = make_active();

    run(whole, noise, first, 0, N);
    for (size_t start = 0, i = 0; start < N; ++i) {
        const size_t wanted = size[i % (sizeof size / sizeof *size)];
        const size_t n = wanted < N - start ? wanted : N - start;

        run(cut, noise, second, start, n);
        start += n;
    }
    return differ(first, second, N, "one block and many");
}

static bool check_empty_block(void)
{
    struct instance *const plain = make_active(), *const with_empty = make_active();

    for (unsigned c = 0; c < audio_out.n; ++c)
        second[c][0] = 42.0f;
    run(with_empty, noise, second, 0, 0);
    for (unsigned c = 0; c < audio_out.n; ++c)
        if (second[c][0] != 42.0f)
            return fails("run(0) wrote to output %u", c);
    run(plain, noise, first, 0, 512);
    run(with_empty, noise, second, 0, 512);
    return differ(first, second, 512, "without and with run(0)");
}

/* Audacity. */
static bool check_large_block(void)
{
    enum { LARGE = 524288 };
    float *in[MAX_PORTS], *out[MAX_PORTS];

    for (unsigned c = 0; c < audio_in.n; ++c) {
        in[c] = malloc(LARGE * sizeof(float));
        host_noise(in[c], LARGE, c);
    }
    for (unsigned c = 0; c < audio_out.n; ++c)
        out[c] = malloc(LARGE * sizeof(float));
    run(make_active(), in, out, 0, LARGE);
    return is_unclean(out, LARGE, "a large block");
}

static bool check_in_place(void)
{
    run(make_active(), noise, first, 0, N);
    run(make_active(), noise, noise, 0, N);
    return differ(first, noise, N, "separate buffers and in place");
}

/* Ardour's probe of the latency: all ports on one buffer. */
static bool check_one_buffer(void)
{
    struct instance *const probed = make_active();
    float *one[MAX_PORTS];

    for (unsigned c = 0; c < MAX_PORTS; ++c)
        one[c] = second[0];
    run(probed, one, one, 0, 1024);
    deactivate(probed);
    activate(probed);
    run(probed, noise, first, 0, 1024);
    run(make_active(), noise, second, 0, 1024);
    return differ(first, second, 1024, "after a probe and fresh");
}

/* n floats that end at an unreadable page, so that they are aligned to 4 bytes only. */
static float *guarded(size_t n, bool read_only, const float *from)
{
    const size_t size = (n * sizeof(float) + PAGE - 1) / PAGE * PAGE;
    char *const page =
        mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    float *const samples = (float *)(void *)(page + size) - n;

    memcpy(samples, from, n * sizeof *samples);
    (void)mprotect(page, size, read_only ? PROT_READ : PROT_READ | PROT_WRITE);
    (void)mprotect(page + size, PAGE, PROT_NONE);
    return samples;
}

static bool check_bounds(void)
{
    static const size_t size[] = {1, 2, 3, 4, 7, 8, 15, 16, 33, 64, 100, 255, 1024, 1027};

    for (size_t i = 0; i < sizeof size / sizeof *size; ++i) {
        struct instance *const instance = make_active();
        float *in[MAX_PORTS], *out[MAX_PORTS];

        for (unsigned c = 0; c < audio_in.n; ++c)
            in[c] = guarded(size[i], true, noise[c]);
        for (unsigned c = 0; c < audio_out.n; ++c)
            out[c] = guarded(size[i], false, first[c]);
        run(instance, in, out, 0, size[i]);
        run(instance, in, out, 0, size[i]);
        destroy(instance);
    }
    return false;
}

static bool check_run_adding(void)
{
    struct instance *const plain = make_active(), *const adding = make_active();

    if (!plugin->run_adding)
        return false;
    if (!plugin->set_run_adding_gain)
        return fails("run_adding without set_run_adding_gain");
    run(plain, noise, first, 0, 512);
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < 512; ++i)
            second[c][i] = 1.0f;
    run(adding, noise, second, 0, 0);
    plugin->set_run_adding_gain(adding->handle, 0.5f);
    plugin->run_adding(adding->handle, 512);
    for (unsigned c = 0; c < audio_out.n; ++c)
        for (size_t i = 0; i < 512; ++i)
            if (fabsf(second[c][i] - (1.0f + 0.5f * first[c][i])) > 1e-5f)
                return fails("run_adding: output %u is %g at frame %zu", c, (double)second[c][i],
                             i);
    return false;
}

/* ------------------------------------------------------------------------- strange values */

static bool try_control(unsigned long port, float value)
{
    struct instance *const instance = make_active();
    char when[160];
    bool bad;

    run(instance, noise, first, 0, 64);
    instance->control[port] = value;
    run(instance, noise, first, 0, 256);
    (void)snprintf(when, sizeof when, "'%s' at %g", plugin->PortNames[port], (double)value);
    bad = is_unclean(first, 256, when);
    instance->control[port] = host_default(plugin, port);
    for (unsigned i = 0; i < 16; ++i)
        run(instance, noise, first, 0, 256);
    (void)snprintf(when, sizeof when, "'%s' back from %g", plugin->PortNames[port], (double)value);
    bad |= is_unclean(first, 256, when);
    destroy(instance);
    return bad;
}

static bool check_controls(void)
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

static bool check_inputs(void)
{
    static const float value[] = {0.0f,  1.0f,  -1.0f, 1e-40f,   -1e-40f,   1e-38f, 10.0f,
                                  1e10f, 1e30f, 3e38f, INFINITY, -INFINITY, NAN};
    float *in[MAX_PORTS];
    bool bad = false;

    for (unsigned c = 0; c < audio_in.n; ++c)
        in[c] = malloc(512 * sizeof(float));
    for (size_t v = 0; v < sizeof value / sizeof *value; ++v) {
        struct instance *const instance = make_active();
        char when[64];

        for (unsigned c = 0; c < audio_in.n; ++c)
            for (size_t i = 0; i < 512; ++i)
                in[c][i] = value[v];
        run(instance, in, first, 0, 512);
        (void)snprintf(when, sizeof when, "input of %g", (double)value[v]);
        bad |= fabsf(value[v]) <= 10.0f && is_unclean(first, 512, when);
        for (unsigned i = 0; i < 40; ++i)
            run(instance, noise, first, 0, 512);
        bad |= is_unclean(first, 512, when);
        destroy(instance);
    }
    return bad;
}

static bool check_silence(void)
{
    struct instance *const instance = make_active();
    bool bad = false;

    run(instance, noise, first, 0, N);
    for (unsigned c = 0; c < audio_in.n; ++c)
        memset(noise[c], 0, N * sizeof(float));
    for (unsigned i = 0; i < 20 && !bad; ++i) {
        run(instance, noise, first, 0, N);
        bad = is_unclean(first, N, "silence after noise");
    }
    return bad;
}

/* ------------------------------------------------------------------------- surroundings */

#if defined(__x86_64__)
/* Hosts run with and without flushed denormals; both must hear the same and keep their mode. */
static bool check_float_mode(void)
{
    enum { DENORMALS_ARE_ZERO = 0x40, FLUSH_TO_ZERO = 0x8000, STICKY_FLAGS = 0x3f };
    static const unsigned mode[] = {0, DENORMALS_ARE_ZERO, FLUSH_TO_ZERO,
                                    DENORMALS_ARE_ZERO | FLUSH_TO_ZERO};
    const unsigned usual = _mm_getcsr() & ~(unsigned)(DENORMALS_ARE_ZERO | FLUSH_TO_ZERO);

    for (unsigned i = 0; i < 4; ++i) {
        struct instance *const instance = make_active();
        unsigned left;

        _mm_setcsr(usual | mode[i]);
        run(instance, noise, i ? second : first, 0, N);
        left = _mm_getcsr();
        _mm_setcsr(usual);
        if ((left ^ (usual | mode[i])) & ~(unsigned)STICKY_FLAGS)
            return fails("run() changed MXCSR from %#x to %#x", usual | mode[i], left);
        if (i && differ(first, second, N, "denormals kept and flushed by the host"))
            return true;
    }
    return false;
}
#else
static bool check_float_mode(void)
{
    return false;
}
#endif

static bool check_instances(void)
{
    struct instance *const one = make_active(), *const other = make(44100);

    activate(other);
    for (size_t start = 0; start < N; start += 512) {
        run(other, noise, first, 0, 300);
        run(one, noise, second, start, 512);
    }
    run(make_active(), noise, first, 0, N);
    return differ(first, second, N, "alone and beside another instance");
}

struct job {
    struct instance *instance;
    size_t start;
};

static void *run_job(void *context)
{
    const struct job *const job = context;

    run(job->instance, noise, second, job->start, 1024);
    return NULL;
}

/* LMMS changes the thread; JACK's and Ardour's threads have 512 KiB of stack. */
static bool check_threads(void)
{
    struct job job = {.instance = make_active()};
    pthread_attr_t small;

    (void)pthread_attr_init(&small);
    (void)pthread_attr_setstacksize(&small, (size_t)128 * 1024);
    for (; job.start < N; job.start += 1024) {
        pthread_t thread;

        if (pthread_create(&thread, &small, run_job, &job) != 0)
            return fails("no thread");
        (void)pthread_join(thread, NULL);
    }
    run(make_active(), noise, first, 0, N);
    return differ(first, second, N, "one thread and many");
}

/* ------------------------------------------------------------------------- all of it */

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

static void sort_ports(void)
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

static int run_check(size_t index)
{
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        bool failed;

        (void)alarm(TIME_LIMIT_S);
        make_buffers();
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
