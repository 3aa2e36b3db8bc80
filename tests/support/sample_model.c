#include "sample_model.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill_metadata(struct tc_metadata *meta, unsigned knobs)
{
    tc_metadata_init(meta);
    strcpy(meta->name, "R\303\266hre \"7\" \\ \342\202\254");
    strcpy(meta->author, "A. Nonymous");
    strcpy(meta->licence, "CC0-1.0");
    strcpy(meta->label, "valve_7");
    meta->sample_rate_hz = 44100.0 / 1.001; /* the NTSC pull-down rate */
    meta->in_gain_db = -3.1f;
    meta->out_gain_db = 6.0f;
    meta->loudness_db = -18.7f;
    meta->input_level_dbu = 12.3f;
    meta->training = "{\"seed\": 7}";
    /* The float at_max needs all of nine digits. */
    for (unsigned k = 0; k < knobs; ++k) {
        struct tc_knob *const knob = &meta->knob[k];

        *knob = (struct tc_knob){.unit = "dB", .min = -0.1f, .max = 9.7f, .at_max = 1002.68726f};
        knob->initial = 0.3f + (float)k;
        knob->at_min = -1.0f / (float)(3 + k);
        snprintf(knob->name, sizeof knob->name, "Drive %u", k);
    }
}

struct tc_model *sample_model(enum tc_cell cell, unsigned layers, unsigned knobs)
{
    struct tc_architecture arch = {
        .audio_inputs = 2, .knobs = knobs, .outputs = 2, .layers = layers, .direct = -0.3f};
    struct tc_model *model;
    struct tc_metadata meta;
    struct tc_error error;
    float *parameters;

    for (unsigned l = 0; l < layers; ++l)
        arch.layer[l] = (struct tc_layer){.cell = cell, .hidden = cell == TC_CELL_RNN ? 5 : 5 - l};
    if (cell == TC_CELL_RNN) {
        arch.residual = layers > 2;
        arch.layer[0].activation = TC_MODRELU;
        arch.layer[layers - 1].activation = TC_LOGISTIC;
    }
    fill_metadata(&meta, knobs);
    parameters = support_parameters(&arch, 1, NULL);
    ck_assert_msg(tc_model_new(&model, &arch, &meta, parameters, &error) == TC_OK, "%s",
                  error.message);
    free(parameters);
    return model;
}

/** A level that is unknown in both, or the same in both. */
static void assert_same_level(const char *what, float a, float b)
{
    support_require(a == b || (isnan(a) && isnan(b)), "%s is %g and %g", what, a, b);
}

static void assert_same_bits(const char *what, const void *a, const void *b, size_t size)
{
    ck_assert_msg(memcmp(a, b, size) == 0, "%s differs", what);
}

static void assert_same_metadata(const struct tc_metadata *a, const struct tc_metadata *b,
                                 unsigned knobs, bool training)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->author, b->author);
    ck_assert_str_eq(a->licence, b->licence);
    ck_assert_str_eq(a->label, b->label);
    assert_same_bits("sample rate", &a->sample_rate_hz, &b->sample_rate_hz, sizeof(double));
    ck_assert_int_eq(a->sample_rate_assumed, b->sample_rate_assumed);
    assert_same_bits("input gain", &a->in_gain_db, &b->in_gain_db, sizeof(float));
    assert_same_bits("output gain", &a->out_gain_db, &b->out_gain_db, sizeof(float));
    assert_same_level("loudness", a->loudness_db, b->loudness_db);
    assert_same_level("input level", a->input_level_dbu, b->input_level_dbu);
    assert_same_level("output level", a->output_level_dbu, b->output_level_dbu);
    for (unsigned k = 0; k < knobs; ++k) {
        ck_assert_str_eq(a->knob[k].name, b->knob[k].name);
        ck_assert_str_eq(a->knob[k].unit, b->knob[k].unit);
        assert_same_bits("knob", &a->knob[k].min, &b->knob[k].min, 5 * sizeof(float));
    }
    if (training)
        ck_assert_pstr_eq(a->training, b->training);
}

void assert_same_model(const struct tc_model *a, const struct tc_model *b, bool training)
{
    const struct tc_architecture *const of_a = tc_model_architecture(a);
    size_t values;

    assert_same_bits("architecture", of_a, tc_model_architecture(b), sizeof *of_a);
    assert_same_metadata(tc_model_metadata(a), tc_model_metadata(b), of_a->knobs, training);
    tc_architecture_tensors(of_a, NULL, &values);
    assert_same_bits("weights", tc_model_parameters(a), tc_model_parameters(b),
                     values * sizeof(float));
}
