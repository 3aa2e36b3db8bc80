#include "exported_model.h"

#include "model/model.h"
#include "tests/support/temp_folder.h"

#include <stdlib.h>
#include <string.h>

const char export_path[] = "model.json";

struct tc_model *make_model(const struct model_spec *spec)
{
    struct tc_architecture arch = {.audio_inputs = spec->audio_inputs ? spec->audio_inputs : 1,
                                   .knobs = spec->knobs,
                                   .outputs = spec->outputs ? spec->outputs : 1,
                                   .layers = spec->layers ? spec->layers : 1,
                                   .direct = spec->direct,
                                   .readout = spec->readout,
                                   .residual = spec->residual,
                                   .layer_norm = spec->layer_norm};
    struct tc_tensor tensor[TC_MAX_TENSORS];
    struct tc_metadata meta;
    struct tc_model *model;
    struct tc_error error;
    float *parameters;
    size_t n;

    tc_metadata_init(&meta);
    strcpy(meta.name, "Amp \"7\"");
    strcpy(meta.licence, "MIT");
    meta.sample_rate_hz = 44100.5;
    meta.sample_rate_assumed = spec->rate_assumed;
    meta.in_gain_db = spec->in_gain_db;
    meta.out_gain_db = spec->out_gain_db;
    for (unsigned l = 0; l < arch.layers; ++l)
        arch.layer[l] = (struct tc_layer){spec->cell, spec->activation, spec->hidden};
    if (spec->hidden_1)
        arch.layer[1].hidden = spec->hidden_1;
    for (unsigned k = 0; k < arch.knobs; ++k)
        meta.knob[k] = (struct tc_knob){.name = "Tone",
                                        .min = spec->at_max != 0.0f ? 2.0f : 0.0f,
                                        .max = spec->at_max != 0.0f ? 10.0f : 1.0f,
                                        .initial = spec->at_max != 0.0f ? 4.0f : 0.5f,
                                        .at_min = spec->at_min,
                                        .at_max = spec->at_max != 0.0f ? spec->at_max : 1.0f};
    parameters = support_parameters(&arch, 5, &n);
    for (unsigned i = 0; i < tc_architecture_tensors(&arch, tensor, NULL); ++i)
        if (strstr(tensor[i].name, ".h0") || strstr(tensor[i].name, ".c0"))
            memset(parameters + tensor[i].offset, 0, tensor[i].rows * sizeof *parameters);
    ck_assert_msg(tc_model_new(&model, &arch, &meta, parameters, &error) == TC_OK, "%s",
                  error.message);
    free(parameters);
    return model;
}

struct tc_model *export_and_load(const struct tc_model *model, enum tc_export format,
                                 struct tc_file_facts *facts)
{
    struct tc_model *copy;
    struct tc_error error;

    ck_assert_msg(tc_model_export(model, format, export_path, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_uint_eq(temp_folder_names(), 1);
    ck_assert_msg(tc_model_load_facts(&copy, export_path, facts, &error) == TC_OK, "%s",
                  error.message);
    return copy;
}

struct tc_model *make_feedforward(enum tc_activation activation, float **parameters, size_t *n)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{TC_CELL_RNN, activation, 3}, {TC_CELL_GRU, TC_TANH, 5}}};
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(&arch, at, &readout);
    *parameters = support_parameters(&arch, 5, n);
    memset(*parameters + at[0].w_hh, 0, 9 * sizeof **parameters);
    memset(*parameters + at[0].b_hh, 0, 3 * sizeof **parameters);
    memset(*parameters + at[0].h0, 0, 3 * sizeof **parameters);
    memset(*parameters + at[1].h0, 0, 5 * sizeof **parameters);
    return support_model_of(&arch, *parameters);
}
