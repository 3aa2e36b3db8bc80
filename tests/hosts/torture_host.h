/** @file
 *  What the checks of the torture host share: the plugin under test, its ports, instances of it,
 *  and buffers to run them on. */
#ifndef TORTURE_HOST_H
#define TORTURE_HOST_H

#include <ladspa.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/plugin/plugin_host.h"

enum { MAX_PORTS = HOST_MAX_PORTS, N = 8192 };

/** The file and the plugin of it that is tested: set before anything else. */
extern const char *library;
extern const LADSPA_Descriptor *plugin;

/** What instances get unless a check says otherwise, each in turn: the sample rate, and the values
 *  of the controls of these names. */
struct setting {
    unsigned long rate_hz;
    float rate, oversampling;
};

extern struct setting setting;

/** How long the long checks play, in hours of audio. */
extern double long_hours;

/** Ports of the plugin by kind. */
struct port_list {
    unsigned n;
    unsigned long port[MAX_PORTS];
};

extern struct port_list audio_in, audio_out, control_in, control_out;

/** Fill the lists. */
void sort_ports(void);

/** Buffers of noise for each input, and two sets to write to; N frames. */
extern float *noise[MAX_PORTS], *first[MAX_PORTS], *second[MAX_PORTS];

void allocate_buffers(void);

struct instance {
    LADSPA_Handle handle;
    float control[MAX_PORTS];
};

/** With its controls at their defaults, but for those of the setting; ends the process if there is
 *  none. */
struct instance *new_instance(unsigned long rate_hz);
struct instance *new_active_instance(void); /* at the setting's sample rate */
void free_instance(struct instance *instance);

void activate(struct instance *instance);
void deactivate(struct instance *instance);

/** n frames, from frame `start` of the buffers on. */
void run(struct instance *instance, float *const *in, float *const *out, size_t start, size_t n);

/** A value of 0 to n - 1, reproducible for each start value of *state. */
unsigned random_below(unsigned *state, unsigned n);

/** Always true, for `return report_failure(...)`: a check returns whether it failed. */
bool report_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Fails if an output is not finite or subnormal. */
bool has_bad_samples(float *const *out, size_t n, const char *when);

/** Fails if not all bits are the same. */
bool outputs_differ(float *const *a, float *const *b, size_t n, const char *what);

#endif
