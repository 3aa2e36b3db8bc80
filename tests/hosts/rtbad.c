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

struct sinner {
    const LADSPA_Descriptor *plugin;
    LADSPA_Data *in, *out;
    void *block; /* to be freed too late */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void do_nothing(struct sinner *sinner)
{
    (void)sinner;
}

static void do_malloc(struct sinner *sinner)
{
    void *volatile block = malloc(32);

    (void)sinner;
    (void)block;
}

static void do_free(struct sinner *sinner)
{
    free(sinner->block);
    sinner->block = NULL;
}

static void do_strdup(struct sinner *sinner)
{
    char *volatile text = strdup(sinner->plugin->Label);

    free(text);
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* glibc's allocates for arrays as large as this. */
static void do_qsort(struct sinner *sinner)
{
    int value[2000];

    (void)sinner;
    for (int i = 0; i < 2000; ++i)
        value[i] = (i * 7919) % 2000;
    qsort(value, 2000, sizeof *value, compare);
}

static void do_mutex(struct sinner *sinner)
{
    (void)sinner;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
}

static void do_printf(struct sinner *sinner)
{
    printf("%s\n", sinner->plugin->Label);
}

static void do_write(struct sinner *sinner)
{
    ssize_t volatile written = write(1, sinner->plugin->Label, 0);

    (void)written;
}

static void do_fopen(struct sinner *sinner)
{
    FILE *const file = fopen("/dev/null", "r");

    (void)sinner;
    if (file)
        fclose(file);
}

static void do_nanosleep(struct sinner *sinner)
{
    const struct timespec moment = {0, 1000};

    (void)sinner;
    nanosleep(&moment, NULL);
}

#if defined(__x86_64__)
/* getpid() past libc and all wrappers. */
static void do_raw(struct sinner *sinner)
{
    long result;

    (void)sinner;
    __asm__ volatile("syscall" : "=a"(result) : "a"(39) : "rcx", "r11", "memory");
}

static void do_mxcsr(struct sinner *sinner)
{
    (void)sinner;
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
}
#else
#define do_raw do_nothing
#define do_mxcsr do_nothing
#endif

static const struct {
    const char *name;
    void (*commit)(struct sinner *sinner);
    float add; /* to every sample */
} sin_table[] = {
    {"ok", do_nothing, 0.0f},    {"malloc", do_malloc, 0.0f},
    {"free", do_free, 0.0f},     {"strdup", do_strdup, 0.0f},
    {"qsort", do_qsort, 0.0f},   {"mutex", do_mutex, 0.0f},
    {"printf", do_printf, 0.0f}, {"write", do_write, 0.0f},
    {"fopen", do_fopen, 0.0f},   {"nanosleep", do_nanosleep, 0},
    {"raw", do_raw, 0.0f},       {"mxcsr", do_mxcsr, 0.0f},
    {"nanout", do_nothing, NAN}, {"infout", do_nothing, INFINITY},
};

enum { SINS = sizeof sin_table / sizeof *sin_table };

static LADSPA_Descriptor descriptor[SINS];

static LADSPA_Handle instantiate(const LADSPA_Descriptor *plugin, unsigned long rate_hz)
{
    struct sinner *const sinner = calloc(1, sizeof *sinner);

    (void)rate_hz;
    if (sinner) {
        sinner->plugin = plugin;
        sinner->block = malloc(100);
    }
    return sinner;
}

static void connect_port(LADSPA_Handle handle, unsigned long port, LADSPA_Data *location)
{
    struct sinner *const sinner = handle;

    *(port ? &sinner->out : &sinner->in) = location;
}

static void run(LADSPA_Handle handle, unsigned long n_frames)
{
    struct sinner *const sinner = handle;
    const size_t which = (size_t)(sinner->plugin - descriptor);

    sin_table[which].commit(sinner);
    for (unsigned long i = 0; i < n_frames; ++i)
        sinner->out[i] = sinner->in[i] + sin_table[which].add;
}

static void cleanup(LADSPA_Handle handle)
{
    struct sinner *const sinner = handle;

    free(sinner->block);
    free(sinner);
}

static const LADSPA_PortDescriptor port[] = {LADSPA_PORT_AUDIO | LADSPA_PORT_INPUT,
                                             LADSPA_PORT_AUDIO | LADSPA_PORT_OUTPUT};
static const char *const port_name[] = {"Input", "Output"};
static const LADSPA_PortRangeHint hint[2];

__attribute__((constructor)) static void describe(void)
{
    for (unsigned i = 0; i < SINS; ++i)
        descriptor[i] = (LADSPA_Descriptor){.UniqueID = 800 + i,
                                            .Label = sin_table[i].name,
                                            .Name = sin_table[i].name,
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
    return index < SINS ? &descriptor[index] : NULL;
}
