#include "tests/support/failing_malloc.h"
#include "model/model.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Models written for other programs: what comes back from the file is what was played. */

enum { FRAMES = 300 };

static const char path[] = "model.json";

/* ------------------------------------------------------------------------- models */

/* What a model is to be made of; the rest is zero, or as most models have it. */
struct wish {
    enum tc_cell cell;
    unsigned hidden, layers, knobs, outputs, audio_inputs;
    float direct, in_gain_db, out_gain_db;
    float at_min, at_max; /* of all knobs; 0 and 0: 0 to 1 */
    enum tc_activation activation;
    unsigned second; /* units of layer 1, if not as many */
    enum tc_readout readout;
    bool residual, layer_norm;
};

/* From a start state of zero, as all other formats have it. */
static struct tc_model *make(const struct wish *wish)
{
    struct tc_architecture arch = {.audio_inputs = wish->audio_inputs ? wish->audio_inputs : 1,
                                   .knobs = wish->knobs,
                                   .outputs = wish->outputs ? wish->outputs : 1,
                                   .layers = wish->layers ? wish->layers : 1,
                                   .direct = wish->direct,
                                   .readout = wish->readout,
                                   .residual = wish->residual,
                                   .layer_norm = wish->layer_norm};
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
    meta.in_gain_db = wish->in_gain_db;
    meta.out_gain_db = wish->out_gain_db;
    for (unsigned l = 0; l < arch.layers; ++l)
        arch.layer[l] = (struct tc_layer){wish->cell, wish->activation, wish->hidden};
    if (wish->second)
        arch.layer[1].hidden = wish->second;
    for (unsigned k = 0; k < arch.knobs; ++k)
        meta.knob[k] = (struct tc_knob){.name = "Tone",
                                        .min = wish->at_max != 0.0f ? 2.0f : 0.0f,
                                        .max = wish->at_max != 0.0f ? 10.0f : 1.0f,
                                        .initial = wish->at_max != 0.0f ? 4.0f : 0.5f,
                                        .at_min = wish->at_min,
                                        .at_max = wish->at_max != 0.0f ? wish->at_max : 1.0f};
    parameters = support_parameters(&arch, 5, &n);
    for (unsigned i = 0; i < tc_architecture_tensors(&arch, tensor, NULL); ++i)
        if (strstr(tensor[i].name, ".h0") || strstr(tensor[i].name, ".c0"))
            memset(parameters + tensor[i].offset, 0, tensor[i].rows * sizeof *parameters);
    ck_assert_msg(tc_model_new(&model, &arch, &meta, parameters, &error) == TC_OK, "%s",
                  error.message);
    free(parameters);
    return model;
}

static struct tc_model *written(const struct tc_model *model, enum tc_export format,
                                struct tc_file_facts *facts)
{
    struct tc_model *copy;
    struct tc_error error;

    ck_assert_msg(tc_model_export(model, format, path, &error) == TC_OK, "%s", error.message);
    ck_assert_uint_eq(temp_folder_names(), 1);
    ck_assert_msg(tc_model_load_facts(&copy, path, facts, &error) == TC_OK, "%s", error.message);
    return copy;
}

/* Noise after some silence, and knobs at rising parts of their range. */
static void play(const struct tc_model *model, unsigned silent_frames, float out[2][FRAMES])
{
    static const float silence[FRAMES];
    const float *const nothing[] = {silence, silence};
    const unsigned knobs = tc_model_architecture(model)->knobs;
    struct support_signals in = support_noise(1, FRAMES, 3, 0.8f);
    struct support_signals turned = support_signals_new(knobs ? knobs : 1, FRAMES);
    const struct support_buffers sound = support_buffers(&in, 0),
                                 rows = support_buffers(&turned, 0);
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
    support_signals_free(&turned);
    support_signals_free(&in);
}

/* The first after silence and the second at once give the same. */
static void assert_alike(const struct tc_model *a, unsigned silent_frames, const struct tc_model *b,
                         float tolerance)
{
    float of_a[2][FRAMES] = {{0}}, of_b[2][FRAMES] = {{0}};

    play(a, silent_frames, of_a);
    play(b, 0, of_b);
    for (unsigned o = 0; o < 2; ++o)
        for (unsigned t = 0; t < FRAMES; ++t)
            support_require(fabsf(of_a[o][t] - of_b[o][t]) <= tolerance,
                            "output %u, frame %u: %.9g and %.9g", o, t, (double)of_a[o][t],
                            (double)of_b[o][t]);
}

/* ------------------------------------------------------------------------- round trips */

static const struct trip {
    enum tc_export format;
    struct wish wish;
    bool exact; /* every parameter to the bit */
} trips[] = {
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

/* A unit that carries the direct path rounds what is a thousandth of it, and bends it by as much.
 */
static float tolerance(const struct trip *trip)
{
    const bool carried = trip->wish.direct != 0.0f &&
                         (trip->format == TC_EXPORT_KERAS || trip->format == TC_EXPORT_NAM);

    return carried ? 5e-6f : 1e-6f;
}

START_TEST(file_gives_the_model_back)
{
    const struct trip *const trip = &trips[_i];
    struct tc_model *const model = make(&trip->wish);
    struct tc_file_facts facts;
    struct tc_model *const copy = written(model, trip->format, &facts);
    const struct tc_metadata *const meta = tc_model_metadata(copy);
    size_t values;

    tc_architecture_tensors(tc_model_architecture(model), NULL, &values);
    if (trip->exact)
        ck_assert(support_same(tc_model_parameters(model), tc_model_parameters(copy), values));
    assert_alike(model, trip->format == TC_EXPORT_NAM ? 48000 : 0, copy,
                 trip->exact ? 0.0f : tolerance(trip));
    ck_assert_str_eq(meta->name, "Amp \"7\"");
    ck_assert_str_eq(meta->licence, trip->format == TC_EXPORT_NAM ? "" : "MIT");
    ck_assert_double_eq(meta->sample_rate_hz, 44100.5);
    ck_assert(!facts.rate_assumed);
    ck_assert_str_eq(facts.warning, "");
    if (trip->format == TC_EXPORT_AIDAX)
        ck_assert_double_le(facts.selftest_error, 1e-6);
    else
        ck_assert(isnan(facts.selftest_error));
    tc_model_free(copy);
    tc_model_free(model);
}
END_TEST

/* A plain RNN of three units whose recurrent matrix is zero, and then a GRU. The parameters
 * are for free(). */
static struct tc_model *make_without_memory(enum tc_activation activation, float **parameters,
                                            size_t *n)
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

static const enum tc_activation keras_has[] = {TC_TANH, TC_LOGISTIC, TC_RELU, TC_ELU, TC_SOFTMAX};
enum { KERAS_HAS = sizeof keras_has / sizeof keras_has[0] };

START_TEST(keras_has_plain_layers_without_memory)
{
    size_t n;
    float *parameters;
    struct tc_model *const model = make_without_memory(keras_has[_i], &parameters, &n);
    struct tc_model *const copy = written(model, TC_EXPORT_KERAS, NULL);

    ck_assert(support_same(tc_model_parameters(copy), parameters, n));
    tc_model_free(copy);
    tc_model_free(model);
    free(parameters);
}
END_TEST

START_TEST(others_have_no_plain_layers)
{
    static const struct {
        enum tc_activation activation;
        enum tc_export format;
        const char *message;
    } cases[] = {
        {TC_TANH, TC_EXPORT_AIDAX, "AIDA-X has no cell rnn, but layer 0 is one"},
        {TC_MODRELU, TC_EXPORT_KERAS, "Keras has no plain RNN, but layer 0 is one"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        size_t n;
        float *parameters;
        struct tc_model *const model = make_without_memory(cases[i].activation, &parameters, &n);
        struct tc_error error;

        ck_assert_int_eq(tc_model_export(model, cases[i].format, path, &error), TC_UNSUPPORTED);
        ck_assert_str_eq(error.message, cases[i].message);
        tc_model_free(model);
        free(parameters);
    }
}
END_TEST

/* A program that has no use for a file gets the same in memory. */
START_TEST(bytes_are_those_of_the_file)
{
    const enum tc_export format = (enum tc_export)_i;
    struct tc_model *const model = make(&(struct wish){.cell = TC_CELL_LSTM, .hidden = 8});
    unsigned char *bytes, file[1 << 17];
    size_t size;
    FILE *stream;

    ck_assert_int_eq(tc_model_export(model, format, path, NULL), TC_OK);
    ck_assert_int_eq(tc_model_export_bytes(model, format, &bytes, &size, NULL), TC_OK);
    stream = fopen(path, "rb");
    ck_assert_uint_eq(fread(file, 1, sizeof file, stream), size);
    fclose(stream);
    ck_assert_mem_eq(file, bytes, size);
    free(bytes);
    tc_model_free(model);
}
END_TEST

/* CoreAudioML takes exactly these keys in this order. */
START_TEST(header_is_as_core_audio_ml_writes_it)
{
    static const char expected[] =
        "{\"model\":\"SimpleRNN\",\"input_size\":2,\"skip\":1,\"output_size\":1,"
        "\"unit_type\":\"GRU\",\"num_layers\":1,\"hidden_size\":3,\"bias_fl\":true}";
    struct tc_model *const model = make(
        &(struct wish){.cell = TC_CELL_GRU, .hidden = 3, .layers = 1, .knobs = 1, .direct = 1.0f});
    char *text;
    json_t *json;

    ck_assert_int_eq(tc_model_export(model, TC_EXPORT_GUITARML, path, NULL), TC_OK);
    json = json_load_file(path, 0, NULL);
    text = json_dumps(json_object_get(json, "model_data"), JSON_COMPACT);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(json_object_size(json_object_get(json, "state_dict")), 6);
    free(text);
    json_decref(json);
    tc_model_free(model);
}
END_TEST

/* A start state that the model has is NAM's already, so that its own files come back to the bit. */
START_TEST(nam_keeps_a_start_state)
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
    copy = written(model, TC_EXPORT_NAM, NULL);
    ck_assert(support_same(tc_model_parameters(copy), parameters, n));
    tc_model_free(copy);
    tc_model_free(model);
    free(parameters);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    enum tc_export format;
    struct wish wish;
    const char *message;
} refused[] = {
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 3, .readout = TC_READOUT_LOGISTIC},
     "GuitarML has a linear readout, the model's is logistic"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_GRU, .hidden = 3, .outputs = 2, .readout = TC_READOUT_SOFTMAX},
     "Keras has a linear readout, the model's is softmax"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 8, .readout = TC_READOUT_LOGISTIC},
     "AIDA-X has a linear readout, the model's is logistic"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .outputs = 2, .readout = TC_READOUT_SOFTMAX},
     "NAM has a linear readout, the model's is softmax"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 3, .direct = -1.0f},
     "GuitarML has a direct path of gain 1 or none, that of the model is -1 (gains included)"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 3, .audio_inputs = 2},
     "GuitarML has one audio input, the model has 2"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .second = 4},
     "GuitarML has layers of one kind and width, but layer 1 is lstm of 4 units after lstm of 3"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_RNN, .hidden = 3, .activation = TC_RELU},
     "GuitarML has layers with tanh, but layer 0 has relu"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_GRU, .hidden = 3, .direct = 1.0f},
     "Keras has no direct path from input to output, and only one LSTM layer can have it inside, "
     "but the model has 1 layers, the first gru"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .direct = 1.0f},
     "NAM has no direct path from input to output, and only one LSTM layer can have it inside, but "
     "the model has 2 layers, the first lstm"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_GRU, .hidden = 3},
     "NAM has LSTM layers of one width, but layer 0 is gru of 3 units"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .second = 4},
     "NAM has LSTM layers of one width, but layer 1 is lstm of 4 units"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .knobs = 1},
     "NAM has no knobs, but the model has 1"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .outputs = 2},
     "NAM has one input and one output, but the model has 1 and 2"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM_PEEPHOLE, .hidden = 3},
     "GuitarML has no cell lstm-peephole, but layer 0 is one"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_GRU_RESET_BEFORE, .hidden = 3},
     "GuitarML has no cell gru-reset-before, but layer 0 is one"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_GRU_RESET_BEFORE, .hidden = 3},
     "Keras has no cell gru-reset-before, but layer 0 is one"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_GRU_RESET_BEFORE, .hidden = 3},
     "NAM has LSTM layers of one width, but layer 0 is gru-reset-before of 3 units"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_LSTM_PEEPHOLE, .hidden = 3},
     "Keras has no cell lstm-peephole, but layer 0 is one"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM_PEEPHOLE, .hidden = 8},
     "AIDA-X has no cell lstm-peephole, but layer 0 is one"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM_PEEPHOLE, .hidden = 3},
     "NAM has LSTM layers of one width, but layer 0 is lstm-peephole of 3 units"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_RNN, .hidden = 3},
     "Keras has no plain RNN, but layer 0 is one"},
    {TC_EXPORT_GUITARML,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .residual = true},
     "GuitarML has no residual connections, but layer 1 has one"},
    {TC_EXPORT_KERAS,
     {.cell = TC_CELL_GRU, .hidden = 3, .layers = 3, .residual = true},
     "Keras has no residual connections, but layer 1 has one"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 8, .layers = 2, .residual = true},
     "AIDA-X has no residual connections, but layer 1 has one"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .residual = true},
     "NAM has no residual connections, but layer 1 has one"},
    {TC_EXPORT_NAM,
     {.cell = TC_CELL_LSTM, .hidden = 3, .layer_norm = true},
     "NAM has no layer normalisation, but the model has it"},
    {TC_EXPORT_ONNX,
     {.cell = TC_CELL_RNN, .hidden = 3, .activation = TC_MODRELU},
     "ONNX has no RNN with modrelu, but layer 0 is one"},
    {TC_EXPORT_ONNX,
     {.cell = TC_CELL_RNN, .hidden = 3, .activation = TC_SOFTMAX},
     "ONNX has no RNN with softmax, but layer 0 is one"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 8, .layers = 2},
     "AIDA-X plays 1 layer and 1 output, but the model has 2 and 1"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 8, .outputs = 2},
     "AIDA-X plays 1 layer and 1 output, but the model has 1 and 2"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 8, .layers = 1, .knobs = 3},
     "AIDA-X has 2 knobs, but the model has 3"},
    {TC_EXPORT_AIDAX,
     {.cell = TC_CELL_LSTM, .hidden = 9},
     "AIDA-X plays 8, 12, 16, 20, 24, 32, 40, 64 or 80 units, but the model has 9"},
};

START_TEST(what_a_format_cannot_hold_is_named)
{
    struct tc_model *const model = make(&refused[_i].wish);
    struct tc_error error;

    ck_assert_int_eq(tc_model_export(model, refused[_i].format, path, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_uint_eq(temp_folder_names(), 0);
    tc_model_free(model);
}
END_TEST

/* The unit that carries the input is one too many. */
START_TEST(input_of_the_widest_layer_is_not_carried)
{
    const struct wish widest = {.cell = TC_CELL_LSTM, .hidden = TC_MAX_UNITS, .direct = 1.0f};
    struct tc_model *const model = make(&widest);
    struct tc_error error;

    ck_assert_int_eq(tc_model_export(model, TC_EXPORT_NAM, path, &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "NAM needs 1025 units, the limit is 1024");
    tc_model_free(model);
}
END_TEST

/* jansson's as well: no document may have a hole. */
START_TEST(writing_survives_every_failing_allocation)
{
    static const struct wish wishes[] = {
        [TC_EXPORT_GUITARML] = {.cell = TC_CELL_GRU, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_KERAS] = {.cell = TC_CELL_LSTM, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_AIDAX] = {.cell = TC_CELL_LSTM, .hidden = 8, .knobs = 1, .direct = 1.0f},
        [TC_EXPORT_NAM] = {.cell = TC_CELL_LSTM, .hidden = 1, .direct = 1.0f},
        [TC_EXPORT_ONNX] = {.cell = TC_CELL_GRU, .hidden = 8, .layers = 2, .knobs = 1},
    };
    struct tc_model *const model = make(&wishes[_i]);
    bool failed;
    long i = -1;

    json_set_alloc_funcs(malloc, free);
    do {
        failing_malloc_start(i += i < 200 ? 1 : 37);
        failed = failing_malloc_failed(tc_model_export(model, (enum tc_export)_i, path, NULL));
        ck_assert_uint_eq(temp_folder_names(), failed ? 0 : 1);
    } while (failed);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("export");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, file_gives_the_model_back, 0, sizeof trips / sizeof trips[0]);
    tcase_add_loop_test(tests, keras_has_plain_layers_without_memory, 0, KERAS_HAS);
    tcase_add_test(tests, others_have_no_plain_layers);
    tcase_add_loop_test(tests, bytes_are_those_of_the_file, 0, 5);
    tcase_add_test(tests, header_is_as_core_audio_ml_writes_it);
    tcase_add_test(tests, nam_keeps_a_start_state);
    tcase_add_loop_test(tests, what_a_format_cannot_hold_is_named, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, input_of_the_widest_layer_is_not_carried);
    tcase_add_loop_test(tests, writing_survives_every_failing_allocation, 0, 5);
    return support_run(tests, "export");
}
