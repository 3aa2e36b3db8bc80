/** @file
 *  A minimal LADSPA host for tests. */
#ifndef TESTS_PLUGIN_HOST_H
#define TESTS_PLUGIN_HOST_H

#include <ladspa.h>
#include <stdbool.h>
#include <stddef.h>

#include "tonecell.h"

enum { HOST_MAX_PORTS = 64, HOST_MAX_CHANNELS = 2 };

/** An instance with a variable for every control port. */
struct host {
    void *library;
    const LADSPA_Descriptor *plugin;
    LADSPA_Handle handle;
    float control[HOST_MAX_PORTS]; /* by port number; the inputs start at their default */
    unsigned channels, outputs; /* audio inputs and outputs */
    unsigned long in, out; /* first audio input and output */
};

/** Load plugin `index` of a library and make an instance with its control ports connected.
 *  Prints the reason and returns false on failure. */
bool host_open(struct host *host, const char *path, unsigned long index);

/** The same with flags of dlopen(). */
bool host_open_with(struct host *host, const char *path, unsigned long index, int flags);

void host_close(struct host *host);

/** Connect the audio ports and run. */
void host_run(struct host *host, float *const *in, float *const *out, size_t n_frames);

/** The default value of a control port, from its hint. */
float host_default(const LADSPA_Descriptor *plugin, unsigned long port);

/** n reproducible samples within -0.5 to 0.5. */
void host_noise(float *samples, size_t n, unsigned seed);

/** What the library should deliver: a model played by a player of its own, neutral controls. */
bool host_expect(const struct tc_model *model, unsigned channels, float *const *in,
                 float *const *out, size_t n_frames);

#endif
