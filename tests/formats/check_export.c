#include "config.h"

#include "exported_model.h"
#include "model/model.h"
#include "tests/support/failing_malloc.h"
#include "tests/support/temp_folder.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Models written for other programs, and read again. */

enum { FRAMES = 300 };

/* Noise after some silence, and knobs at rising parts of their range. */
static void play(const struct tc_model *model, unsigned silent_frames, float out[2][FRAMES])
{
    static const float silence[FRAMES];
    const float *const nothing[] = {silence, silence};
    const unsigned knobs = tc_model_architecture(model)->knobs;
    struct support_signals in = support_noise(1, FRAMES, 3, 0.8f);
    struct support_signals knob_signals = support_signals_new(knobs ? knobs : 1, FRAMES);
    const struct support_buffers sound = support_buffers(&in, 0),
                                 rows = support_buffers(&knob_signals, 0);
    struct tc_stream *const stream = support_stream(model, 1);
    float *const to[] = {out[0], out[1]};

    for (unsigned k = 0; k < knobs; ++k)
        for (unsigned t = 0; t < FRAMES; ++t) {
            const struct tc_knob *const knob = &tc_model_metadata(model)->knob[k];

            rows.row[k][t] =
                knob->min + (knob->max - knob->min) * (float)t / (float)(FRAMES * (k + 1));
        }
    for (unsigned t = 0; t < silent_frames; t += FRAMES)
        tc_stream_process(stream, nothing, nothing, to, FRAMES);
    tc_stream_process(stream, support_inputs(&sound), support_inputs(&rows), to, FRAMES);
    tc_stream_free(stream);
    support_signals_free(&knob_signals);
    support_signals_free(&in);
}

/* Model a after some silence gives the same output as model b from its start. */
static void assert_same_output(const struct tc_model *a, unsigned silent_frames,
                               const struct tc_model *b, float tolerance)
{
    float out_a[2][FRAMES] = {{0}}, out_b[2][FRAMES] = {{0}};

    play(a, silent_frames, out_a);
    play(b, 0, out_b);
    for (unsigned o = 0; o < 2; ++o)
        for (unsigned t = 0; t < FRAMES; ++t)
            support_require(fabsf(out_a[o][t] - out_b[o][t]) <= tolerance,
                            "output %u, frame %u: %.9g and %.9g", o, t, (double)out_a[o][t],
                            (double)out_b[o][t]);
}

/* ------------------------------------------------------------------------- round trips */

static const struct round_trip {
    enum tc_export format;
    struct model_spec spec;
    bool exact; /* every parameter to the bit */
} round_trips[] = {
    {TC_EXPORT_GUITARML, {.cell = TC_CELL_LSTM, .hidden = 20, .direct = 1.0f}, true},
    {TC_EXPORT_GUITARML, {.cell = TC_CELL_GRU, .hidden = 7, .layers = 2, .knobs = 2}, true},
    {TC_EXPORT_GUITARML, {.cell = TC_CELL_RNN, .hidden = 5, .outputs = 2}, true},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 6, .in_gain_db = 6.0f, .out_gain_db = -9.0f},
     false},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_GRU, .hidden = 6, .direct = 1.0f, .in_gain_db = 6.0f, .out_gain_db = -6.0f},
     false},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 6, .layers = 1, .knobs = 2, .at_min = -1.0f, .at_max = 3.0f},
     false},
    {TC_EXPORT_KERAS, {.cell = TC_CELL_GRU, .hidden = 9, .layers = 2, .knobs = 1}, true},
    {TC_EXPORT_KERAS, {.cell = TC_CELL_LSTM, .hidden = 9, .layers = 3, .outputs = 2}, false},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_LSTM,
      .hidden = 9,
      .layers = 2,
      .knobs = 1,
      .in_gain_db = 3.0f,
      .at_max = 2.0f},
     false},
    {TC_EXPORT_KERAS, {.cell = TC_CELL_LSTM, .hidden = 5, .knobs = 1, .direct = -1.0f}, false},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_LSTM, .hidden = 5, .direct = 1.0f, .in_gain_db = 3.0f},
     false},
    {TC_EXPORT_NAM, {.cell = TC_CELL_LSTM, .hidden = 7, .layers = 2, .out_gain_db = -3.0f}, false},
    {TC_EXPORT_NAM, {.cell = TC_CELL_LSTM, .hidden = 7, .direct = 1.0f}, false},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_GRU,
      .hidden = 8,
      .layers = 1,
      .knobs = 2,
      .direct = 1.0f,
      .in_gain_db = 6.0f},
     true},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 12, .direct = 1.0f, .out_gain_db = -3.5f},
     false},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_GRU, .hidden = 8, .layers = 1, .knobs = 2, .at_min = -1.0f, .at_max = 1.0f},
     false},
};

/* Formats without a direct path have it inside a unit, which scales it down and is only nearly
 * linear. */
static float tolerance(const struct round_trip *t)
{
    const bool in_unit =
        t->spec.direct != 0.0f && (t->format == TC_EXPORT_KERAS || t->format == TC_EXPORT_NAM);

    return in_unit ? 5e-6f : 1e-6f;
}

START_TEST(exported_file_loads_as_the_same_model)
{
    const struct round_trip *const t = &round_trips[_i];
    struct tc_model *const model = make_model(&t->spec);
    struct tc_file_facts facts;
    struct tc_model *const copy = export_and_load(model, t->format, &facts);
    const struct tc_metadata *const meta = tc_model_metadata(copy);
    size_t values;

    tc_architecture_tensors(tc_model_architecture(model), NULL, &values);
    if (t->exact)
        ck_assert(support_same(tc_model_parameters(model), tc_model_parameters(copy), values));
    assert_same_output(model, t->format == TC_EXPORT_NAM ? 48000 : 0, copy,
                       t->exact ? 0.0f : tolerance(t));
    ck_assert_str_eq(meta->name, "Amp \"7\"");
    ck_assert_str_eq(meta->licence, t->format == TC_EXPORT_NAM ? "" : "MIT");
    ck_assert_double_eq(meta->sample_rate_hz, 44100.5);
    ck_assert(!facts.rate_assumed);
    ck_assert_str_eq(facts.warning, "");
    if (t->format == TC_EXPORT_AIDAX)
        ck_assert_double_le(facts.selftest_error, 1e-6);
    else
        ck_assert(isnan(facts.selftest_error));
    tc_model_free(copy);
    tc_model_free(model);
}
END_TEST

/* Beside the network, whose knobs go from 0 to 1. */
static void assert_same_knob(const struct tc_knob *knob, const struct tc_knob *copy)
{
    ck_assert_str_eq(copy->name, knob->name);
    ck_assert_str_eq(copy->unit, knob->unit);
    ck_assert_float_eq(copy->min, knob->min);
    ck_assert_float_eq(copy->max, knob->max);
    ck_assert_float_eq(copy->initial, knob->initial);
    ck_assert_float_eq(copy->at_min, 0.0f);
    ck_assert_float_eq(copy->at_max, 1.0f);
}

START_TEST(knobs_keep_their_ranges_and_initial_values)
{
    const struct model_spec spec = {
        .cell = TC_CELL_LSTM, .hidden = 8, .knobs = 2, .at_min = -1.0f, .at_max = 3.0f};
    struct tc_model *const model = make_model(&spec);
    struct tc_file_facts facts;
    struct tc_model *const copy = export_and_load(model, (enum tc_export)_i, &facts);

    for (unsigned k = 0; k < 2; ++k)
        assert_same_knob(&tc_model_metadata(model)->knob[k], &tc_model_metadata(copy)->knob[k]);
    if (_i == TC_EXPORT_AIDAX)
        ck_assert_double_le(facts.selftest_error, 1e-6);
    assert_same_output(model, 0, copy, 1e-6f);
    tc_model_free(copy);
    tc_model_free(model);
}
END_TEST

/* What was assumed on reading must not become a fact by writing. */
START_TEST(assumed_sample_rate_is_not_written)
{
    const struct model_spec spec = {.cell = TC_CELL_LSTM, .hidden = 8, .rate_assumed = true};
    struct tc_model *const model = make_model(&spec);
    unsigned char *bytes;
    size_t size;

    ck_assert_int_eq(tc_model_export_bytes(model, (enum tc_export)_i, &bytes, &size, NULL), TC_OK);
    ck_assert_ptr_null(memmem(bytes, size, "44100", 5));
    free(bytes);
    tc_model_free(model);
}
END_TEST

static const enum tc_activation keras_activations[] = {TC_TANH, TC_LOGISTIC, TC_RELU, TC_ELU,
                                                       TC_SOFTMAX};
enum { N_KERAS_ACTIVATIONS = sizeof keras_activations / sizeof keras_activations[0] };

START_TEST(keras_stores_feedforward_layers_exactly)
{
    size_t n;
    float *parameters;
    struct tc_model *const model = make_feedforward(keras_activations[_i], &parameters, &n);
    struct tc_model *const copy = export_and_load(model, TC_EXPORT_KERAS, NULL);

    ck_assert(support_same(tc_model_parameters(copy), parameters, n));
    tc_model_free(copy);
    tc_model_free(model);
    free(parameters);
}
END_TEST

/* The export to memory gives the same bytes as that to a file. */
START_TEST(exported_bytes_equal_the_file)
{
    const enum tc_export format = (enum tc_export)_i;
    struct tc_model *const model =
        make_model(&(struct model_spec){.cell = TC_CELL_LSTM, .hidden = 8});
    unsigned char *bytes, file[1 << 17];
    size_t size;
    FILE *stream;

    ck_assert_int_eq(tc_model_export(model, format, export_path, NULL), TC_OK);
    ck_assert_int_eq(tc_model_export_bytes(model, format, &bytes, &size, NULL), TC_OK);
    stream = fopen(export_path, "rb");
    ck_assert_uint_eq(fread(file, 1, sizeof file, stream), size);
    fclose(stream);
    ck_assert_mem_eq(file, bytes, size);
    free(bytes);
    tc_model_free(model);
}
END_TEST

/* CoreAudioML takes exactly these keys in this order. */
START_TEST(guitarml_header_has_the_keys_of_core_audio_ml)
{
    static const char expected[] =
        "{\"model\":\"SimpleRNN\",\"input_size\":2,\"skip\":1,\"output_size\":1,"
        "\"unit_type\":\"GRU\",\"num_layers\":1,\"hidden_size\":3,\"bias_fl\":true}";
    struct tc_model *const model = make_model(&(struct model_spec){
        .cell = TC_CELL_GRU, .hidden = 3, .layers = 1, .knobs = 1, .direct = 1.0f});
    char *text;
    json_t *json;

    ck_assert_int_eq(tc_model_export(model, TC_EXPORT_GUITARML, export_path, NULL), TC_OK);
    json = json_load_file(export_path, 0, NULL);
    text = json_dumps(json_object_get(json, "model_data"), JSON_COMPACT);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "state_dict")), 6);
    free(text);
    json_decref(json);
    tc_model_free(model);
}
END_TEST

/* Where the state is not zero it is stored as it is, and not that after a second of silence. */
START_TEST(nam_stores_an_initial_state_exactly)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{TC_CELL_LSTM, TC_TANH, 3}, {TC_CELL_LSTM, TC_TANH, 3}}};
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    size_t n;
    float *const parameters = support_parameters(&arch, 1, &n);
    struct tc_model *model, *copy;

    tc_parameter_offsets(&arch, at, &readout);
    for (unsigned l = 0; l < arch.layers; ++l)
        memset(parameters + at[l].b_hh, 0, 12 * sizeof *parameters);
    parameters[at[1].c0] = 0.0f;
    model = support_model_of(&arch, parameters);
    copy = export_and_load(model, TC_EXPORT_NAM, NULL);
    ck_assert(support_same(tc_model_parameters(copy), parameters, n));
    tc_model_free(copy);
    tc_model_free(model);
    free(parameters);
}
END_TEST

/* Those of jansson as well: no document may be incomplete. */
START_TEST(failing_allocations_leave_no_file)
{
    static const struct model_spec specs[] = {
        [TC_EXPORT_GUITARML] = {.cell = TC_CELL_GRU, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_KERAS] = {.cell = TC_CELL_LSTM, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_AIDAX] = {.cell = TC_CELL_LSTM, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_NAM] = {.cell = TC_CELL_LSTM, .hidden = 1, .direct = 1.0f},
        [TC_EXPORT_ONNX] = {.cell = TC_CELL_GRU, .hidden = 8, .layers = 2, .knobs = 1},
    };
    struct tc_model *const model = make_model(&specs[_i]);
    bool failed;
    long i = -1;

    json_set_alloc_funcs(malloc, free);
    do {
        failing_malloc_start(i += i < 200 ? 1 : 37);
        failed =
            failing_malloc_failed(tc_model_export(model, (enum tc_export)_i, export_path, NULL));
        ck_assert_uint_eq(temp_folder_names(), failed ? 0 : 1);
    } while (failed);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("export");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, exported_file_loads_as_the_same_model, 0,
                        sizeof round_trips / sizeof round_trips[0]);
    tcase_add_loop_test(tests, knobs_keep_their_ranges_and_initial_values, 0, TC_EXPORT_NAM);
    tcase_add_loop_test(tests, assumed_sample_rate_is_not_written, 0, TC_EXPORTS);
    tcase_add_loop_test(tests, keras_stores_feedforward_layers_exactly, 0, N_KERAS_ACTIVATIONS);
    tcase_add_loop_test(tests, exported_bytes_equal_the_file, 0, 5);
    tcase_add_test(tests, guitarml_header_has_the_keys_of_core_audio_ml);
    tcase_add_test(tests, nam_stores_an_initial_state_exactly);
    tcase_add_loop_test(tests, failing_allocations_leave_no_file, 0, 5);
    return support_run(tests, "export");
}
