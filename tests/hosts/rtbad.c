/* Test subjects for rtcheck: one LADSPA plugin per rule of real time that run() can violate. */
#include <ladspa.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct instance {
    const LADSPA_Descriptor *plugin;
    LADSPA_Data *in, *out;
    void *block; /* to be freed too late */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void do_nothing(struct instance *instance)
{
    (void)instance;
}

static void do_malloc(struct instance *instance)
{
    void *volatile block = malloc(32);

    (void)instance;
    (void)block;
}

static void do_free(struct instance *instance)
{
    free(instance->block);
    instance->block = NULL;
}

static void do_strdup(struct instance *instance)
{
    char *volatile text = strdup(instance->plugin->Label);

    free(text);
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* glibc's allocates for arrays as large as this. */
static void do_qsort(struct instance *instance)
{
    int value[2000];

    (void)instance;
    for (int i = 0; i < 2000; ++i)
        value[i] = (i * 7919) % 2000;
    qsort(value, 2000, sizeof *value, compare);
}

static void do_mutex(struct instance *instance)
{
    (void)instance;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void do_printf(struct instance *instance)
{
    printf("%s\n", instance->plugin->Label);
}

static void do_write(struct instance *instance)
{
    ssize_t volatile written = write(1, instance->plugin->Label, 0);

    (void)written;
}

static void do_fopen(struct instance *instance)
{
    FILE *const file = fopen("/dev/null", "r");

    (void)instance;
    if (file)
        fclose(file);
}

static void do_nanosleep(struct instance *instance)
{
    const struct timespec moment = {0, 1000};

    (void)instance;
    nanosleep(&moment, NULL);
}

#if defined(__x86_64__)
/* getpid() past libc and all wrappers. */
static void do_raw(struct instance *instance)
{
    long result;

    (void)instance;
    __asm__ volatile("syscall" : "=a"(result) : "a"(39) : "rcx", "r11", "memory");
}

static void do_mxcsr(struct instance *instance)
{
    (void)instance;
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
}
#else
#define do_raw do_nothing
#define do_mxcsr do_nothing
#endif

static const struct {
    const char *name;
    void (*violate)(struct instance *instance);
    float add; /* to every sample */
} violations[] = {
    {"ok", do_nothing, 0.0f},    {"malloc", do_malloc, 0.0f},
    {"free", do_free, 0.0f},     {"strdup", do_strdup, 0.0f},
    {"qsort", do_qsort, 0.0f},   {"mutex", do_mutex, 0.0f},
    {"printf", do_printf, 0.0f}, {"write", do_write, 0.0f},
    {"fopen", do_fopen, 0.0f},   {"nanosleep", do_nanosleep, 0},
    {"raw", do_raw, 0.0f},       {"mxcsr", do_mxcsr, 0.0f},
    {"nanout", do_nothing, NAN}, {"infout", do_nothing, INFINITY},
};

enum { PLUGINS = sizeof violations / sizeof *violations };

static LADSPA_Descriptor descriptor[PLUGINS];

static LADSPA_Handle instantiate(const LADSPA_Descriptor *plugin, unsigned long rate_hz)
{
    struct instance *const instance = calloc(1, sizeof *instance);

    (void)rate_hz;
    if (instance) {
        instance->plugin = plugin;
        instance->block = malloc(100);
    }
    return instance;
}

static void connect_port(LADSPA_Handle handle, unsigned long port, LADSPA_Data *location)
{
    struct instance *const instance = handle;

    *(port ? &instance->out : &instance->in) = location;
}

static void run(LADSPA_Handle handle, unsigned long n_frames)
{
    struct instance *const instance = handle;
    const size_t which = (size_t)(instance->plugin - descriptor);

    violations[which].violate(instance);
    for (unsigned long i = 0; i < n_frames; ++i)
        instance->out[i] = instance->in[i] + violations[which].add;
}

static void cleanup(LADSPA_Handle handle)
{
    struct instance *const instance = handle;

    free(instance->block);
    free(instance);
}

static const LADSPA_PortDescriptor port[] = {LADSPA_PORT_AUDIO | LADSPA_PORT_INPUT,
                                             LADSPA_PORT_AUDIO | LADSPA_PORT_OUTPUT};
static const char *const port_name[] = {"Input", "Output"};
static const LADSPA_PortRangeHint hint[2];

__attribute__((constructor)) static void describe(void)
{
    for (unsigned i = 0; i < PLUGINS; ++i)
        descriptor[i] = (LADSPA_Descriptor){.UniqueID = 800 + i,
                                            .Label = violations[i].name,
                                            .Name = violations[i].name,
                                            .Maker = "Tonecell",
                                            .Copyright = "None",
                                            .PortCount = 2,
                                            .PortDescriptors = port,
                                            .PortNames = port_name,
                                            .PortRangeHints = hint,
                                            .instantiate = instantiate,
                                            .connect_port = connect_port,
                                            .run = run,
                                            .cleanup = cleanup};
}

const LADSPA_Descriptor *ladspa_descriptor(unsigned long index)
{
    return index < PLUGINS ? &descriptor[index] : NULL;
}
