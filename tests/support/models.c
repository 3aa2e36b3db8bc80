#include "models.h"

#include "allocate.h"
#include "splitmix.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

float *support_parameters(const struct tc_architecture *arch, uint64_t seed, size_t *n)
{
    struct support_random random = {seed};
    struct tc_tensor tensors[TC_MAX_TENSORS];
    size_t values;
    const unsigned n_tensors = tc_architecture_tensors(arch, tensors, &values);
    float *const parameters = support_zeros(values, sizeof *parameters);

    for (unsigned i = 0; i < n_tensors; ++i) {
        const struct tc_tensor *const t = &tensors[i];
        const unsigned layer = t->layer < arch->layers ? t->layer : arch->layers - 1;
        const float range = 1.0f / sqrtf((float)arch->layer[layer].hidden);

        support_fill(&random, parameters + t->offset, t->rows * t->cols, -range, range);
    }
    if (n)
        *n = values;
    return parameters;
}

struct tc_model *support_model_of(const struct tc_architecture *arch, const float *parameters)
{
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    tc_metadata_init(&meta);
    meta.sample_rate_hz = 48000.0;
    for (unsigned i = 0; i < arch->knobs; ++i) {
        struct tc_knob *const knob = &meta.knob[i];

        *knob = (struct tc_knob){.max = 1.0f, .initial = 0.5f, .at_min = -1.0f, .at_max = 1.0f};
        snprintf(knob->name, sizeof knob->name, "knob %u", i + 1);
    }
    const enum tc_status status = tc_model_new(&model, arch, &meta, parameters, &error);

    ck_assert_msg(status == TC_OK, "tc_model_new: %s", error.message);
    return model;
}

struct tc_model *support_model(const struct tc_architecture *arch, uint64_t seed)
{
    float *const parameters = support_parameters(arch, seed, NULL);
    struct tc_model *const model = support_model_of(arch, parameters);

    free(parameters);
    return model;
}
