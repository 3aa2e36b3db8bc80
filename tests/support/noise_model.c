#include "config.h" /* for program_invocation_short_name */
#include "noise_model.h"
#include "tools/measurement/noise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *message)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, message);
    exit(EXIT_FAILURE);
}

struct tc_model *noise_model(enum tc_cell cell, unsigned hidden, const char *noisy)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{cell, TC_TANH, hidden}}};
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_metadata meta;
    struct tc_model *model;
    struct tc_error error;
    size_t values;
    const unsigned n = tc_architecture_tensors(&arch, tensors, &values);
    float *const parameters = calloc(values, sizeof *parameters);
    uint32_t random = 1;

    if (!parameters)
        fail("out of memory");
    for (unsigned i = 0; i < n; ++i)
        if (strstr(tensors[i].name, noisy))
            noise_fill(parameters + tensors[i].offset, tensors[i].rows * tensors[i].cols, &random);
    tc_metadata_init(&meta);
    meta.sample_rate_hz = 48000.0;
    if (tc_model_new(&model, &arch, &meta, parameters, &error) != TC_OK)
        fail(error.message);
    free(parameters);
    return model;
}
