#include "failing_malloc.h"
#include "support.h"
#include "temp_folder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Files of other programs, small enough to be worked out by hand: what they become, and what is
 * said of each thing that may be wrong with them. */

enum { TEXT = 1 << 14, FRAMES = 64 };

/* ------------------------------------------------------------------------- documents */

/* An LSTM of one unit: columns i, f, c, o. */
static const char keras[] =
    "{\"in_shape\": [null, null, 1], \"layers\": ["
    "{\"type\": \"lstm\", \"activation\": \"\", \"shape\": [null, null, 1], \"weights\": "
    "[[[0.5, 0.25, -0.5, 1]], [[0.1, 0.2, 0.3, 0.4]], [0.5, 0.6, 0.7, 0.8]]}, "
    "{\"type\": \"dense\", \"activation\": \"\", \"shape\": [null, null, 1], \"weights\": "
    "[[[1.5]], [0.25]]}]}";

/* The same network; its two biases add up to the one above. */
static const char guitarml[] =
    "{\"model_data\": {\"model\": \"SimpleRNN\", \"input_size\": 1, \"skip\": 0, "
    "\"output_size\": 1, \"unit_type\": \"LSTM\", \"num_layers\": 1, \"hidden_size\": 1, "
    "\"bias_fl\": true}, \"state_dict\": {\"rec.weight_ih_l0\": [[0.5], [0.25], [-0.5], [1]], "
    "\"rec.weight_hh_l0\": [[0.1], [0.2], [0.3], [0.4]], \"rec.bias_ih_l0\": [0.5, 0.5, 0.5, 0.5], "
    "\"rec.bias_hh_l0\": [0, 0.1, 0.2, 0.3], \"lin.weight\": [[1.5]], \"lin.bias\": [0.25]}}";

/* The same, with a start state of its own. */
static const char nam[] =
    "{\"version\": \"0.5.4\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
    "\"hidden_size\": 1, \"num_layers\": 1}, \"weights\": [0.5, 0.1, 0.25, 0.2, -0.5, 0.3, 1, "
    "0.4, 0.5, 0.6, 0.7, 0.8, 0.125, -2, 1.5, 0.25], \"sample_rate\": 44100, "
    "\"metadata\": {\"name\": \"Amp\", \"modeled_by\": \"Someone\", \"loudness\": -20.5, "
    "\"input_level_dbu\": 12, \"output_level_dbu\": null, \"gear_type\": \"amp\"}}";

/* A document with one part replaced. Fails if the part is not there. */
static const char *with(char text[TEXT], const char *document, const char *from, const char *to)
{
    const char *const at = strstr(document, from);
    const char *const rest = at + strlen(from);

    ck_assert_msg(at != NULL, "'%s' is not in %s", from, document);
    ck_assert_int_lt(snprintf(text, TEXT, "%.*s%s%s", (int)(at - document), document, to, rest),
                     TEXT);
    return text;
}

static enum tc_status read_text(const char *text, struct tc_model **model, struct tc_error *error)
{
    return tc_model_read(model, (const unsigned char *)text, strlen(text), error);
}

/* The model of a document with one part replaced. */
static struct tc_model *model_of(const char *document, const char *from, const char *to)
{
    char text[TEXT];
    struct tc_error error;
    struct tc_model *model;

    ck_assert_msg(read_text(with(text, document, from, to), &model, &error) == TC_OK, "%s",
                  error.message);
    return model;
}

/* What a file's reader says beside the model, which is freed. */
static struct tc_file_facts facts_of(const char *text)
{
    FILE *const file = fopen("foreign", "wb");
    struct tc_file_facts facts;
    struct tc_error error;
    struct tc_model *model;

    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    ck_assert_msg(tc_model_load_facts(&model, "foreign", &facts, &error) == TC_OK, "%s",
                  error.message);
    tc_model_free(model);
    return facts;
}

/* ------------------------------------------------------------------------- playing */

static void play(const struct tc_model *model, const float *knobs, float out[FRAMES])
{
    const unsigned inputs = 1 + tc_model_architecture(model)->knobs;
    struct support_signals in = support_noise(inputs, FRAMES, 7, 0.9f);
    const struct support_buffers rows = support_buffers(&in, 0);
    struct tc_stream *const stream = support_stream(model, 1);

    for (unsigned k = 1; k < inputs; ++k)
        for (size_t t = 0; t < FRAMES; ++t)
            rows.row[k][t] = knobs[k - 1];
    tc_stream_process(stream, support_inputs(&rows), support_inputs(&rows) + 1, &out, FRAMES);
    tc_stream_free(stream);
    support_signals_free(&in);
}

/* Do two models give the same samples, up to rounding? Both are freed. */
static void assert_alike(struct tc_model *a, const float *a_knobs, struct tc_model *b,
                         const float *b_knobs)
{
    float of_a[FRAMES], of_b[FRAMES];

    play(a, a_knobs, of_a);
    play(b, b_knobs, of_b);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_msg(fabsf(of_a[t] - of_b[t]) <= 2e-6f, "frame %zu: %.9g and %.9g", t,
                      (double)of_a[t], (double)of_b[t]);
    tc_model_free(a);
    tc_model_free(b);
}

START_TEST(formats_give_the_same_network)
{
    static const char start[] = "0.125, -2, 1.5";

    assert_alike(model_of(keras, "", ""), NULL, model_of(guitarml, "", ""), NULL);
    assert_alike(model_of(keras, "", ""), NULL, model_of(nam, start, "0, 0, 1.5"), NULL);
}
END_TEST

START_TEST(start_state_of_nam_is_kept)
{
    struct tc_model *const model = model_of(nam, "", "");
    struct tc_tensor tensors[TC_MAX_TENSORS];

    tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);
    ck_assert_str_eq(tensors[4].name, "rec.h0_l0");
    ck_assert_float_eq(tc_model_parameters(model)[tensors[4].offset], 0.125f);
    ck_assert_float_eq(tc_model_parameters(model)[tensors[5].offset], -2.0f);
    tc_model_free(model);
}
END_TEST

/* x -> (2x + 0.5, -x + 0.25) -> gates 0.5 a + 0.25 b ... is x -> 0.75 x + 0.3125 ... */
START_TEST(linear_layers_go_into_the_next)
{
    char text[TEXT];

    with(text, keras, "{\"type\": \"lstm\"",
         "{\"type\": \"time-distributed-dense\", \"shape\": [null, 2], \"weights\": "
         "[[[2, -1]], [0.5, 0.25]]}, {\"type\": \"lstm\"");
    assert_alike(
        model_of(text, "[[0.5, 0.25, -0.5, 1]]", "[[0.5, 0.25, -0.5, 1], [0.25, 0.5, 1, -1]]"),
        NULL,
        model_of(keras, "[[0.5, 0.25, -0.5, 1]], [[0.1, 0.2, 0.3, 0.4]], [0.5, 0.6, 0.7, 0.8]",
                 "[[0.75, 0, -2, 3]], [[0.1, 0.2, 0.3, 0.4]], [0.8125, 0.85, 0.7, 1.05]"),
        NULL);
}
END_TEST

/* Layers that only apply a function: tanh(relu(2 x)) at the end, worked out from the LSTM's output.
 */
START_TEST(activations_are_layers)
{
    struct tc_model *const plain = model_of(keras, "", "");
    struct tc_model *const more =
        model_of(keras, "[[[1.5]], [0.25]]}]",
                 "[[[1.5]], [0.25]]}, {\"type\": \"activation\", \"activation\": \"relu\", "
                 "\"shape\": [null, 1]}, {\"type\": \"activation\", \"activation\": \"tanh\", "
                 "\"shape\": [null, 1]}]");
    float y[FRAMES], z[FRAMES];

    play(plain, NULL, y);
    play(more, NULL, z);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_float_eq_tol(z[t], tanhf(fmaxf(y[t], 0.0f)), 2e-6f);
    tc_model_free(plain);
    tc_model_free(more);
}
END_TEST

/* ------------------------------------------------------------------------- Keras, AIDA-X */

START_TEST(gains_and_residual_are_kept)
{
    struct tc_model *const model = model_of(
        keras, "\"layers\"", "\"in_skip\": 1, \"in_gain\": 6, \"out_gain\": -4.5, \"layers\"");
    struct tc_model *const mute = model_of(keras, "\"layers\"", "\"in_gain\": -90, \"layers\"");

    ck_assert_float_eq(tc_model_architecture(model)->direct, 1.0f);
    ck_assert_float_eq(tc_model_metadata(model)->in_gain_db, 6.0f);
    ck_assert_float_eq(tc_model_metadata(model)->out_gain_db, -4.5f);
    ck_assert_float_eq(tc_model_metadata(mute)->in_gain_db, -200.0f);
    tc_model_free(model);
    tc_model_free(mute);
}
END_TEST

START_TEST(rate_is_a_number_or_a_string)
{
    static const struct {
        const char *text;
        double rate_hz;
        bool assumed;
    } cases[] = {
        {"\"samplerate\": 44100, \"layers\"", 44100, false},
        {"\"samplerate\": \"96000\", \"layers\"", 96000, false},
        {"\"samplerate\": 44100, \"metadata\": {\"samplerate\": 88200.5}, \"layers\"", 88200.5,
         false},
        {"\"samplerate\": \"fast\", \"layers\"", 48000, true},
        {"\"samplerate\": -1, \"layers\"", 48000, true},
        {"\"layers\"", 48000, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        char text[TEXT];
        struct tc_model *const model = model_of(keras, "\"layers\"", cases[i].text);

        ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, cases[i].rate_hz);
        ck_assert_int_eq(facts_of(with(text, keras, "\"layers\"", cases[i].text)).rate_assumed,
                         cases[i].assumed);
        tc_model_free(model);
    }
}
END_TEST

START_TEST(knobs_of_aidax_are_params)
{
    char text[TEXT];
    struct tc_model *model;

    with(text, keras, "[null, null, 1], \"layers\"", "[null, null, 3], \"layers\"");
    model = model_of(text, "[[0.5, 0.25, -0.5, 1]]",
                     "[[0.5, 0.25, -0.5, 1], [1, 1, 1, 1], [2, 2, 2, 2]]");
    ck_assert_uint_eq(tc_model_architecture(model)->knobs, 2);
    ck_assert_str_eq(tc_model_metadata(model)->knob[0].name, "PARAM1");
    ck_assert_str_eq(tc_model_metadata(model)->knob[1].name, "PARAM2");
    ck_assert_float_eq(tc_model_metadata(model)->knob[1].initial, 0.0f);
    tc_model_free(model);
}
END_TEST

START_TEST(inputs_of_keras_are_skipped)
{
    assert_alike(model_of(keras, "{\"type\": \"lstm\"",
                          "{\"type\": \"unknown\", \"shape\": [[null, 1]], \"weights\": []}, "
                          "{\"type\": \"lstm\""),
                 NULL, model_of(keras, "", ""), NULL);
}
END_TEST

/* --- the stored batch */

/* A GRU of two units as a document: its kernels, and a batch of what `of` gives for noise. */
static const char *gru_document(char text[TEXT], const char *weights, const char *batch)
{
    const int used = snprintf(
        text, TEXT,
        "{\"in_shape\": [null, null, 1], \"layers\": [{\"type\": \"gru\", \"shape\": [null, "
        "null, 2], \"weights\": %s}, {\"type\": \"dense\", \"shape\": [null, null, 1], "
        "\"weights\": [[[0.5], [-0.75]], [0.1]]}], \"in_gain\": 3%s}",
        weights, batch);

    ck_assert_int_lt(used, TEXT);
    return text;
}

static const char *batch_of(char batch[TEXT], struct tc_model *model, float error)
{
    struct tc_metadata meta = *tc_model_metadata(model);
    struct support_signals in = support_noise(1, FRAMES, 7, 0.9f);
    struct tc_model *plain;
    float out[FRAMES];
    size_t used;

    meta.in_gain_db = 0.0f;
    ck_assert_int_eq(
        tc_model_new(&plain, tc_model_architecture(model), &meta, tc_model_parameters(model), NULL),
        TC_OK);
    play(plain, NULL, out);
    used = (size_t)snprintf(batch, TEXT, ", \"input_batch\": [");
    for (size_t t = 0; t < FRAMES; ++t)
        used += (size_t)snprintf(batch + used, TEXT - used, "%s%.9g", t ? ", " : "",
                                 (double)in.samples[t]);
    used += (size_t)snprintf(batch + used, TEXT - used, "], \"output_batch\": [");
    for (size_t t = 0; t < FRAMES; ++t)
        used += (size_t)snprintf(batch + used, TEXT - used, "%s%.9g", t ? ", " : "",
                                 (double)(out[t] + error));
    snprintf(batch + used, TEXT - used, "]");
    support_signals_free(&in);
    tc_model_free(plain);
    tc_model_free(model);
    return batch;
}

/* z, r, h; then the same with z and r exchanged, with the biases exchanged, with both. */
static const char *const grus[] = {
    "[[[1, 2, 3, 4, 5, 6]], [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]], "
    "[[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [1, 2, -1, -2, 3, 4]]]",
    "[[[3, 4, 1, 2, 5, 6]], [[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [0.4, 0.3, 0.6, 0.5, 0.2, 0.1]], "
    "[[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [-1, -2, 1, 2, 3, 4]]]",
    "[[[1, 2, 3, 4, 5, 6]], [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]], "
    "[[1, 2, -1, -2, 3, 4], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]]]",
    "[[[3, 4, 1, 2, 5, 6]], [[0.3, 0.4, 0.1, 0.2, 0.5, 0.6], [0.4, 0.3, 0.6, 0.5, 0.2, 0.1]], "
    "[[-1, -2, 1, 2, 3, 4], [0.3, 0.4, 0.1, 0.2, 0.5, 0.6]]]",
};

START_TEST(wrong_conversions_of_gru_are_recognised)
{
    static const char *const reasons[] = {NULL, "its gates r and z are exchanged",
                                          "its two rows of biases are exchanged",
                                          "its gates r and z and its two rows of biases are "
                                          "exchanged"};
    char text[TEXT], batch[TEXT];
    struct tc_error error;
    struct tc_model *model = NULL;

    batch_of(batch, model_of(gru_document(text, grus[0], ""), "", ""), 0.0f);
    ck_assert_double_le(facts_of(gru_document(text, grus[0], batch)).selftest_error, 1e-6);
    for (size_t i = 1; i < 4; ++i) {
        gru_document(text, grus[i], batch);
        ck_assert_int_eq(read_text(text, &model, &error), TC_BAD_VALUE);
        ck_assert_msg(strstr(error.message, reasons[i]) != NULL, "%s", error.message);
        ck_assert_ptr_null(model);
    }
}
END_TEST

START_TEST(batch_that_differs_is_a_warning)
{
    char text[TEXT], batch[TEXT];
    struct tc_file_facts facts;

    batch_of(batch, model_of(gru_document(text, grus[0], ""), "", ""), 0.01f);
    facts = facts_of(gru_document(text, grus[0], batch));
    ck_assert_double_eq_tol(facts.selftest_error, 0.01, 1e-5);
    ck_assert_ptr_nonnull(strstr(facts.warning, "its stored output differs by 0.01 from"));
    facts = facts_of(gru_document(text, grus[0], ", \"input_batch\": [1, 2]"));
    ck_assert(isnan(facts.selftest_error));
    ck_assert_str_eq(facts.warning, "the self-test is not run: 'output_batch' is missing, expected "
                                    "a list of numbers");
}
END_TEST

/* ------------------------------------------------------------------------- GuitarML */

START_TEST(what_guitarml_leaves_out_has_defaults)
{
    struct tc_model *model = model_of(guitarml, "\"skip\": 0, \"output_size\": 1, ", "");

    ck_assert_float_eq(tc_model_architecture(model)->direct, 1.0f);
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 44100.0);
    tc_model_free(model);
    model = model_of(guitarml, "\"bias_fl\": true", "\"sample_rate\": 96000");
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 96000.0);
    tc_model_free(model);
    assert_alike(model_of(guitarml, ", \"lin.bias\": [0.25]", ""), NULL,
                 model_of(guitarml, "\"lin.bias\": [0.25]", "\"lin.bias\": [0]"), NULL);
}
END_TEST

/* One tensor of zeros. */
static size_t zeros(char *text, size_t room, const char *name, unsigned rows, unsigned cols)
{
    size_t used = (size_t)snprintf(text, room, "\"%s\": [", name);

    for (unsigned r = 0; r < rows; ++r) {
        used += (size_t)snprintf(text + used, room - used, "%s%s0", r ? "," : "", cols ? "[" : "");
        for (unsigned c = 1; c < cols; ++c)
            used += (size_t)snprintf(text + used, room - used, ",0");
        used += (size_t)snprintf(text + used, room - used, "%s", cols ? "]" : "");
    }
    return used + (size_t)snprintf(text + used, room - used, "]");
}

START_TEST(knobs_of_guitarml_are_named_as_players_do)
{
    static const struct {
        unsigned hidden, inputs;
        const char *name[3];
    } cases[] = {
        {20, 2, {"Gain"}},
        {20, 3, {"Gain", "Master"}},
        {40, 2, {"Drive"}},
        {32, 3, {"Drive", "Tone"}},
        {16, 2, {"Gain"}},
        {16, 3, {"Knob 1", "Knob 2"}},
        {16, 4, {"Knob 1", "Knob 2", "Knob 3"}},
    };
    char *const text = support_zeros(1 << 18, 1);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        const unsigned hidden = cases[i].hidden, inputs = cases[i].inputs;
        const size_t room = 1 << 18;
        struct tc_model *model;
        struct tc_error error;
        size_t used = (size_t)snprintf(
            text, room,
            "{\"model_data\": {\"input_size\": %u, \"unit_type\": \"RNN\", \"hidden_size\": %u}, "
            "\"state_dict\": {",
            inputs, hidden);

        used += zeros(text + used, room - used, "rec.weight_ih_l0", hidden, inputs);
        used += (size_t)snprintf(text + used, room - used, ",");
        used += zeros(text + used, room - used, "rec.weight_hh_l0", hidden, hidden);
        used += (size_t)snprintf(text + used, room - used, ",");
        used += zeros(text + used, room - used, "lin.weight", 1, hidden);
        snprintf(text + used, room - used, "}}");
        ck_assert_msg(read_text(text, &model, &error) == TC_OK, "%s", error.message);
        for (unsigned k = 0; k + 1 < inputs; ++k) {
            const struct tc_knob *const knob = &tc_model_metadata(model)->knob[k];

            ck_assert_str_eq(knob->name, cases[i].name[k]);
            ck_assert_float_eq(knob->max, 1.0f);
            ck_assert_float_eq(knob->at_max, 1.0f);
        }
        tc_model_free(model);
    }
    free(text);
}
END_TEST

static const char tensors[] =
    "\"%srec.weight_ih_l0\": [[0.5], [0.25], [-0.5], [1]], \"%srec.weight_hh_l0\": [[0.1], [0.2], "
    "[0.3], [0.4]], \"%srec.bias_ih_l0\": [0.5, 0.6, 0.7, 0.8], \"%slin.weight\": [[1.5]], "
    "\"%slin.bias\": [0.25]";

/* A document whose tensors have a prefix. */
static const char *prefixed(char text[TEXT], const char *head, const char *prefix, const char *tail)
{
    const size_t used = (size_t)snprintf(text, TEXT, "%s", head);
    const size_t more =
        (size_t)snprintf(text + used, TEXT - used, tensors, prefix, prefix, prefix, prefix, prefix);

    snprintf(text + used + more, TEXT - used - more, "%s", tail);
    return text;
}

START_TEST(relatives_of_guitarml_are_read)
{
    char text[TEXT];
    struct tc_model *model;

    prefixed(text,
             "{\"model_data\": {\"model\": \"RecNet\", \"skip\": 0}, \"blocks\": {\"0\": "
             "{\"block_type\": \"LSTM\", \"input_size\": 1, \"output_size\": 1, \"hidden_size\": "
             "1, \"skip\": 0}}, \"state_dict\": {",
             "layers.block_1.", "}}");
    assert_alike(model_of(text, "", ""), NULL, model_of(keras, "", ""), NULL);
    model = model_of(text, ", \"skip\": 0}}", "}}");
    ck_assert_float_eq(tc_model_architecture(model)->direct, 1.0f);
    tc_model_free(model);
    prefixed(text,
             "{\"unit_type\": \"LSTM\", \"in_size\": 1, \"hidden_size\": 1, \"num_layers\": 1, "
             "\"losses\": [1, 2], \"state_dict\": {",
             "layers.0.", "}}");
    model = model_of(text, "", "");
    ck_assert_float_eq(tc_model_architecture(model)->direct, 1.0f);
    tc_model_free(model);
    assert_alike(model_of(prefixed(text, "{", "net.", "}"), "", ""), NULL, model_of(keras, "", ""),
                 NULL);
}
END_TEST

/* ------------------------------------------------------------------------- NAM */

START_TEST(metadata_of_nam_is_kept)
{
    struct tc_model *const model = model_of(nam, "", "");
    const struct tc_metadata *const meta = tc_model_metadata(model);

    ck_assert_str_eq(meta->name, "Amp");
    ck_assert_str_eq(meta->author, "Someone");
    ck_assert_float_eq(meta->loudness_db, -20.5f);
    ck_assert_float_eq(meta->input_level_dbu, 12.0f);
    ck_assert(isnan(meta->output_level_dbu));
    ck_assert_double_eq(meta->sample_rate_hz, 44100.0);
    ck_assert_ptr_nonnull(strstr(meta->training, "\"gear_type\":\"amp\""));
    tc_model_free(model);
}
END_TEST

START_TEST(rate_of_nam_may_stand_elsewhere)
{
    struct tc_model *model = model_of(nam, "\"sample_rate\": 44100, \"metadata\": {",
                                      "\"metadata\": {\"sample_rate\": 96000, ");

    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 96000.0);
    tc_model_free(model);
    model = model_of(nam, "\"sample_rate\": 44100", "\"sample_rate\": null");
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 48000.0);
    tc_model_free(model);
}
END_TEST

/* Inputs: audio, Drive from -1 to 1, then a switch's 1 - v and v. With the weights below the gates
 * are given 0.5 x + drive + 3 (1 - v) + 5 v, and so on for the other rows. */
START_TEST(knobs_of_concat_lstm_are_encoded)
{
    static const char concat[] =
        "{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": "
        "1, \"num_layers\": 1, \"params\": [{\"name\": \"Drive\", \"type\": \"continuous\", "
        "\"min\": 0, \"max\": 10, \"default\": 5}, {\"name\": \"Bright\", \"type\": \"switch\", "
        "\"min\": 0, \"max\": 1, \"default\": 0, \"enum_names\": [\"off\", \"on\"]}]}, "
        "\"weights\": [0.5, 1, 3, 5, 0.1, 0.25, 1, 3, 5, 0.2, -0.5, 1, 3, 5, 0.3, 1, 1, 3, 5, 0.4, "
        "0.5, 0.6, 0.7, 0.8, 0, 0, 1.5, 0.25]}";
    static const float on[] = {7.5f, 1.0f}, off[] = {7.5f, 0.0f};
    struct tc_model *const model = model_of(concat, "", "");

    ck_assert_str_eq(tc_model_metadata(model)->knob[0].name, "Drive");
    ck_assert_float_eq(tc_model_metadata(model)->knob[0].initial, 5.0f);
    ck_assert_uint_eq(tc_model_architecture(model)->knobs, 2);
    tc_model_free(model);
    assert_alike(model_of(concat, "", ""), on,
                 model_of(keras, "[0.5, 0.6, 0.7, 0.8]", "[6, 6.1, 6.2, 6.3]"), NULL);
    assert_alike(model_of(concat, "", ""), off,
                 model_of(keras, "[0.5, 0.6, 0.7, 0.8]", "[4, 4.1, 4.2, 4.3]"), NULL);
}
END_TEST

/* Sorted by name, Bass comes before Treble, and both are given as they are. */
START_TEST(knobs_of_cat_lstm_are_sorted)
{
    static const float knobs[] = {-1.0f, 4.0f};
    char text[TEXT];

    with(
        text, nam, "\"architecture\": \"LSTM\", \"config\": {\"input_size\": 1",
        "\"architecture\": \"CatLSTM\", \"config\": {\"parametric\": {\"Treble\": {\"type\": "
        "\"continuous\", \"default_value\": 2, \"minval\": 0, \"maxval\": 5}, \"Bass\": {\"type\": "
        "\"continuous\", \"default_value\": 0, \"minval\": -1, \"maxval\": 1}}, \"input_size\": 3");
    assert_alike(
        model_of(text, "0.5, 0.1, 0.25, 0.2, -0.5, 0.3, 1, 0.4,",
                 "0.5, 1, 0.5, 0.1, 0.25, 1, 0.5, 0.2, -0.5, 1, 0.5, 0.3, 1, 1, 0.5, 0.4,"),
        knobs, model_of(nam, "0.5, 0.6, 0.7, 0.8", "1.5, 1.6, 1.7, 1.8"), NULL);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    const char *document, *from, *to;
    enum tc_status status;
    const char *message;
} refused[] = {
    /* any format */
    {"[1, 2]", "", "", TC_BAD_FORMAT, "the JSON is an array, expected an object"},
    {"no model", "", "", TC_BAD_FORMAT, "the file is neither JSON nor safetensors"},
    {keras, "]}]}", "]}", TC_BAD_FORMAT,
     "the file is not valid JSON: line 1, column 277: ']' expected near end of file"},
    {keras, "1.5", "NaN", TC_BAD_VALUE,
     "the file has NaN or Infinity for a number in line 1, as a training leaves that diverged"},
    {guitarml, "1.5", "-Infinity", TC_BAD_VALUE,
     "the file has NaN or Infinity for a number in line 1, as a training leaves that diverged"},
    {keras, "1.5", "1e39", TC_BAD_VALUE,
     "'layer 1 (dense), kernel': value 0 is 1e+39, too large for a 32-bit float"},
    {"{\"a\": 1}", "", "", TC_UNSUPPORTED,
     "the JSON has an unknown layout: it begins with 'a', expected 'architecture' (NAM), "
     "'in_shape' and 'layers' (Keras, AIDA-X), 'model_data' (GuitarML) or '...weight_ih_l0' "
     "(PyTorch)"},
    {"{}", "", "", TC_UNSUPPORTED,
     "the JSON has an unknown layout: it begins with '', expected 'architecture' (NAM), "
     "'in_shape' and 'layers' (Keras, AIDA-X), 'model_data' (GuitarML) or '...weight_ih_l0' "
     "(PyTorch)"},
    /* Keras */
    {keras, "\"in_shape\": [null, null, 1], ", "", TC_BAD_FORMAT,
     "the file: 'in_shape' is missing"},
    {keras, "[null, null, 1], \"layers\"", "[null], \"layers\"", TC_BAD_FORMAT,
     "the file: 'in_shape' does not end in a size"},
    {keras, "[null, null, 1], \"layers\"", "[18], \"layers\"", TC_TOO_LARGE,
     "17 inputs beside the audio, the limit is 16"},
    {keras, "\"layers\"", "\"stages\"", TC_BAD_FORMAT, "the file: 'layers' is missing"},
    {keras, "\"type\": \"lstm\"", "\"type\": \"conv1d\"", TC_UNSUPPORTED,
     "layer 0 has the type 'conv1d', expected lstm, gru, dense, time-distributed-dense or "
     "activation"},
    {keras, "\"type\": \"lstm\", ", "", TC_BAD_FORMAT, "layer 0: 'type' is missing"},
    {keras, "\"shape\": [null, null, 1], \"weights\": [[[0.5", "\"weights\": [[[0.5", TC_BAD_FORMAT,
     "layer 0 (lstm): 'shape' is missing"},
    {keras, "\"activation\": \"\", \"shape\": [null, null, 1], \"weights\": [[[1.5",
     "\"activation\": \"softmax\", \"shape\": [null, null, 1], \"weights\": [[[1.5", TC_UNSUPPORTED,
     "layer 1 (dense) has the activation 'softmax', expected none, tanh, relu or sigmoid"},
    {keras, "[[[1.5]], [0.25]]", "[]", TC_BAD_FORMAT, "layer 1 (dense) has no weights"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]], ", "", TC_BAD_FORMAT,
     "layer 0 (lstm) has 2 arrays of weights, expected 3"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]]", "[0.1, 0.2, 0.3, 0.4]", TC_BAD_SHAPE,
     "'layer 0 (lstm), recurrent kernel' has 1 dimension, expected 2 (1 x 4)"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]]", "[[0.1, 0.2, 0.3, 0.4], [1]]", TC_BAD_SHAPE,
     "'layer 0 (lstm), recurrent kernel' is ragged: row 1 has 1 values, but the first has 4"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]]", "[[0.1, 0.2, 0.3]]", TC_BAD_SHAPE,
     "'layer 0 (lstm), recurrent kernel' has the size 1 x 3, expected 1 x 4"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]]", "[[[1]], [[2]]]", TC_BAD_FORMAT,
     "'layer 0 (lstm), recurrent kernel' has more than two dimensions"},
    {keras, "[[0.1, 0.2, 0.3, 0.4]]", "[[1], 2]", TC_BAD_FORMAT,
     "'layer 0 (lstm), recurrent kernel': row 1 is an integer, expected a list of numbers"},
    {keras, "1.5", "\"1.5\"", TC_BAD_FORMAT,
     "'layer 1 (dense), kernel': value 0 is a string, expected a number"},
    {keras, "\"layers\"", "\"in_skip\": 2, \"layers\"", TC_UNSUPPORTED,
     "'in_skip' is 2, expected 0 or 1"},
    {keras, "\"type\": \"lstm\", \"activation\": \"\", \"shape\": [null, null, 1]",
     "\"type\": \"lstm\", \"shape\": [1025]", TC_TOO_LARGE,
     "layer 0 (lstm): 'shape' ends in 1025, the limit is 1024"},
    /* GuitarML */
    {guitarml, "\"state_dict\"", "\"training\"", TC_BAD_FORMAT,
     "the file has no weights: 'state_dict' is missing, as in a file that was written before the "
     "training"},
    {guitarml, "\"model_data\"", "\"model\"", TC_BAD_FORMAT, "the file: 'model_data' is missing"},
    {guitarml, "SimpleRNN", "GatedConvNet", TC_UNSUPPORTED,
     "model_data: 'model' is 'GatedConvNet', expected SimpleRNN or RecNet"},
    {guitarml, "SimpleRNN", "RecNet", TC_BAD_FORMAT, "RecNet: 'blocks' is missing or empty"},
    {guitarml, "\"LSTM\"", "\"QRNN\"", TC_UNSUPPORTED,
     "model_data: 'unit_type' is 'QRNN', expected LSTM, GRU or RNN"},
    {guitarml, "\"LSTM\"", "\"GRU\"", TC_BAD_SHAPE,
     "'rec.weight_ih_l0' has the size 4 x 1, expected 3 x 1"},
    {guitarml, "\"unit_type\": \"LSTM\", ", "", TC_BAD_FORMAT,
     "model_data: 'unit_type' is missing"},
    {guitarml, "\"hidden_size\": 1", "\"hidden_size\": 2", TC_BAD_SHAPE,
     "'rec.weight_ih_l0' has the size 4 x 1, expected 8 x 1"},
    {guitarml, "\"hidden_size\": 1", "\"hidden_size\": 1025", TC_TOO_LARGE,
     "model_data: 'hidden_size' is 1025, expected 0 to 1024"},
    {guitarml, "\"num_layers\": 1", "\"num_layers\": 17", TC_TOO_LARGE,
     "model_data: 'num_layers' is 17, expected 0 to 16"},
    {guitarml, "\"num_layers\": 1", "\"num_layers\": 2", TC_BAD_FORMAT,
     "there is no tensor 'rec.weight_ih_l1'"},
    {guitarml, "\"rec.bias_hh_l0\"", "\"rec.bias_hh_l1\"", TC_UNSUPPORTED,
     "tensor 'rec.bias_hh_l1' belongs to no part of the network that is known"},
    {guitarml, "\"skip\": 0", "\"skip\": 2", TC_UNSUPPORTED,
     "model_data: 'skip' is 2, but there are 1 inputs and 1 outputs; expected 0 or as many as the "
     "outputs"},
    {guitarml, "\"skip\": 0, \"output_size\": 1", "\"skip\": 1, \"output_size\": 2", TC_UNSUPPORTED,
     "model_data: 'skip' is 1, but there are 1 inputs and 2 outputs; expected 0 or as many as the "
     "outputs"},
    {guitarml, "\"skip\": 0, \"output_size\": 1", "\"skip\": 2, \"output_size\": 2", TC_UNSUPPORTED,
     "model_data: 'skip' is 2, but there are 1 inputs and 2 outputs; expected 0 or as many as the "
     "outputs"},
    {guitarml, "[[1.5]]", "[1.5]", TC_BAD_SHAPE, "'lin.weight' has 1 dimension, expected a matrix"},
    {guitarml, "[[1.5]]", "[[1.5, 2]]", TC_BAD_SHAPE,
     "'lin.weight' has the size 1 x 2, expected 1 x 1"},
    {guitarml, "[[0.1], [0.2]", "[[0.1], [0.2, 0]", TC_BAD_SHAPE,
     "'rec.weight_hh_l0' is ragged: row 1 has 2 values, but the first has 1"},
    {guitarml, "\"lin.weight\"", "\"out.weight\"", TC_BAD_FORMAT,
     "there is no tensor 'lin.weight'"},
    /* NAM */
    {nam, "\"LSTM\"", "\"WaveNet\"", TC_UNSUPPORTED,
     "the architecture is 'WaveNet', expected LSTM, ConcatLSTM, CatLSTM or SlimmableContainer"},
    {nam, "\"architecture\": \"LSTM\", ", "", TC_BAD_FORMAT, "the file: 'architecture' is missing"},
    {nam, "0.5.4", "0.8.0", TC_UNSUPPORTED,
     "version '0.8.0' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)"},
    {nam, "0.5.4", "0.3.0", TC_UNSUPPORTED,
     "version '0.3.0' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)"},
    {nam, "0.5.4", "0.5", TC_UNSUPPORTED,
     "version '0.5' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)"},
    {nam, "0.5.4", "0.5.4 ", TC_UNSUPPORTED,
     "version '0.5.4 ' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)"},
    {nam, "\"version\": \"0.5.4\", ", "", TC_BAD_FORMAT, "the file: 'version' is missing"},
    {nam, "\"config\"", "\"settings\"", TC_BAD_FORMAT, "the file: 'config' is missing"},
    {nam, "\"hidden_size\": 1", "\"hidden\": 1", TC_BAD_FORMAT, "config: 'hidden_size' is missing"},
    {nam, "\"hidden_size\": 1", "\"hidden_size\": 1025", TC_TOO_LARGE,
     "config: 'hidden_size' is 1025, expected 0 to 1024"},
    {nam, "\"num_layers\": 1", "\"num_layers\": 17", TC_TOO_LARGE,
     "config: 'num_layers' is 17, expected 0 to 16"},
    {nam, "\"input_size\": 1", "\"input_size\": 2", TC_BAD_SHAPE,
     "config: 'input_size' is 2, but it names 1 audio inputs and 0 knobs"},
    {nam, "-2, 1.5, 0.25", "-2, 1.5", TC_BAD_SHAPE,
     "there are 15 weights, expected 16 for 1 inputs, 1 layers of 1 units and 1 outputs"},
    {nam, "-2, 1.5, 0.25", "-2, 1.5, 0.25, 1", TC_BAD_SHAPE,
     "there are 17 weights, expected 16 for 1 inputs, 1 layers of 1 units and 1 outputs"},
    {nam, "\"weights\"", "\"numbers\"", TC_BAD_FORMAT,
     "the file has no weights: 'weights' is missing"},
    {nam, "\"weights\": [", "\"weights\": [], \"numbers\": [", TC_BAD_FORMAT,
     "the file has no weights: 'weights' is empty"},
    {nam, "-2, 1.5", "-2, null", TC_BAD_FORMAT, "'weights': value 14 is null, expected a number"},
    {"{\"version\": \"0.7.0\", \"architecture\": \"SlimmableContainer\", \"config\": "
     "{\"submodels\": [{\"max_value\": 1, \"model\": {\"architecture\": \"WaveNet\"}}]}}",
     "", "", TC_UNSUPPORTED, "none of the 1 submodels is an LSTM"},
    {"{\"version\": \"0.4.0\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
     "\"hidden_size\": 1, \"num_layers\": 1}}",
     "", "", TC_BAD_FORMAT,
     "the file has no weights: version 0.4 has them in weights.npy beside config.json"},
    {"{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": 1, "
     "\"num_layers\": 1, \"params\": [{\"name\": \"Voice\", \"type\": \"switch\", \"min\": 0, "
     "\"max\": 2, \"default\": 0}]}}",
     "", "", TC_UNSUPPORTED,
     "param 'Voice' is a switch of 3 positions, expected 2: a knob is one input"},
};

START_TEST(broken_files_are_refused_in_their_own_words)
{
    char text[TEXT];
    struct tc_error error;
    struct tc_model *model = NULL;
    const char *const to = refused[_i].to;

    with(text, refused[_i].document, refused[_i].from, to);
    ck_assert_msg(read_text(text, &model, &error) == refused[_i].status, "%s -> %s: %s",
                  refused[_i].from, to, error.message);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_ptr_null(model);
}
END_TEST

/* 33 levels of brackets, and 64 MiB of JSON. */
START_TEST(deep_and_large_json_is_refused)
{
    const size_t size = (64 << 20) + 1;
    unsigned char *const large = support_zeros(size, 1);
    struct tc_error error;
    struct tc_model *model = NULL;

    memset(large, '[', 33);
    large[0] = '{';
    ck_assert_int_eq(tc_model_read(&model, large, 33, &error), TC_BAD_FORMAT);
    ck_assert_str_eq(error.message, "the file is JSON nested 33 deep, at most 32 is allowed");
    memset(large, ' ', size);
    large[0] = '{';
    ck_assert_int_eq(tc_model_read(&model, large, size, &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "the JSON has 67108865 bytes, at most 67108864 are read");
    free(large);
}
END_TEST

/* Whatever is cut off, the rest is refused. Memory of the very size shows a step beyond. */
START_TEST(truncated_files_are_refused)
{
    static const char *const documents[] = {keras, guitarml, nam};
    const size_t size = strlen(documents[_i]);

    for (size_t cut = 0; cut < size; ++cut) {
        unsigned char *const part = malloc(cut + 1);
        struct tc_model *model = NULL;
        struct tc_error error = {""};

        memcpy(part, documents[_i], cut);
        ck_assert_int_eq(tc_model_read(&model, part, cut, &error), TC_BAD_FORMAT);
        ck_assert_msg(error.message[0] != '\0', "no message at %zu bytes", cut);
        free(part);
    }
}
END_TEST

/* Our own allocations only: jansson has no way to tell of each of its own. The batch makes three
 * more models, to look for mistakes. */
START_TEST(reading_survives_every_failing_allocation)
{
    char text[TEXT], batch[TEXT];
    struct tc_model *model = NULL;
    enum tc_status status;
    long needed;

    batch_of(batch, model_of(gru_document(text, grus[0], ""), "", ""), 0.01f);
    if (_i == 0)
        gru_document(text, grus[0], batch);
    else
        strcpy(text, _i == 1 ? guitarml : nam);
    failing_malloc_start(-1);
    status = read_text(text, &model, NULL);
    needed = failing_malloc_stop();
    ck_assert_int_eq(status, TC_OK);
    ck_assert_int_ge(needed, 6);
    tc_model_free(model);
    for (long i = 0; i < needed; ++i) {
        model = NULL;
        failing_malloc_start(i);
        status = read_text(text, &model, NULL);
        failing_malloc_stop();
        ck_assert_msg(status == TC_NO_MEMORY, "allocation %ld of %ld: %d", i, needed, (int)status);
        ck_assert_ptr_null(model);
    }
}
END_TEST

/* A byte may be a blank or change a number; what is read must be a model, the rest be refused. */
START_TEST(changed_bytes_are_refused_or_harmless)
{
    static const char *const documents[] = {keras, guitarml, nam};
    static const char bytes[] = "\"[]{},:019-.eE \377";
    char text[TEXT];

    strcpy(text, documents[_i]);
    for (size_t i = 0; text[i]; ++i)
        for (size_t b = 0; bytes[b]; ++b) {
            struct tc_model *model = NULL;
            struct tc_error error = {""};

            text[i] = bytes[b];
            if (read_text(text, &model, &error) == TC_OK)
                ck_assert_ptr_nonnull(model);
            else
                ck_assert_msg(model == NULL && error.message[0] != '\0', "byte %zu", i);
            tc_model_free(model);
            text[i] = documents[_i][i];
        }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("foreign");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, formats_give_the_same_network);
    tcase_add_test(tests, start_state_of_nam_is_kept);
    tcase_add_test(tests, linear_layers_go_into_the_next);
    tcase_add_test(tests, activations_are_layers);
    tcase_add_test(tests, gains_and_residual_are_kept);
    tcase_add_test(tests, rate_is_a_number_or_a_string);
    tcase_add_test(tests, knobs_of_aidax_are_params);
    tcase_add_test(tests, inputs_of_keras_are_skipped);
    tcase_add_test(tests, wrong_conversions_of_gru_are_recognised);
    tcase_add_test(tests, batch_that_differs_is_a_warning);
    tcase_add_test(tests, what_guitarml_leaves_out_has_defaults);
    tcase_add_test(tests, knobs_of_guitarml_are_named_as_players_do);
    tcase_add_test(tests, relatives_of_guitarml_are_read);
    tcase_add_test(tests, metadata_of_nam_is_kept);
    tcase_add_test(tests, rate_of_nam_may_stand_elsewhere);
    tcase_add_test(tests, knobs_of_concat_lstm_are_encoded);
    tcase_add_test(tests, knobs_of_cat_lstm_are_sorted);
    tcase_add_loop_test(tests, broken_files_are_refused_in_their_own_words, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, deep_and_large_json_is_refused);
    tcase_add_loop_test(tests, truncated_files_are_refused, 0, 3);
    tcase_add_loop_test(tests, reading_survives_every_failing_allocation, 0, 3);
    tcase_add_loop_test(tests, changed_bytes_are_refused_or_harmless, 0, 3);
    return support_run(tests, "foreign");
}
