#include "foreign_document.h"
#include "gru_document.h"
#include "tests/support/temp_folder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Files of Keras and AIDA-X. */

/* The facts that are read beside the model, which is freed. */
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

/* x -> (2x + 0.5, -x + 0.25) -> gates 0.5 a + 0.25 b ... is x -> 0.75 x + 0.3125 ... */
START_TEST(linear_layer_is_folded_into_the_next)
{
    char text[TEXT_SIZE];

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

/* With v = elu(3 y - 1), the softmax of v and -v is s(2 v) and its complement. */
START_TEST(elu_and_softmax_of_dense_layers_are_applied)
{
    struct tc_model *const plain = model_of(keras, "", "");
    struct tc_model *const more = model_of(
        keras, "[[[1.5]], [0.25]]}]",
        "[[[1.5]], [0.25]]}, {\"type\": \"dense\", \"activation\": \"elu\", \"shape\": [1], "
        "\"weights\": [[[3]], [-1]]}, {\"type\": \"dense\", \"activation\": \"softmax\", "
        "\"shape\": [2], \"weights\": [[[1, -1]]]}, {\"type\": \"dense\", \"shape\": [1], "
        "\"weights\": [[[1], [0]]]}]");
    float y[FRAMES], z[FRAMES];

    play(plain, NULL, y);
    play(more, NULL, z);
    for (size_t t = 0; t < FRAMES; ++t) {
        const float v = 3.0f * y[t] - 1.0f, elu = v > 0.0f ? v : expm1f(v);

        ck_assert_float_eq_tol(z[t], 1.0f / (1.0f + expf(-2.0f * elu)), 2e-6f);
    }
    tc_model_free(plain);
    tc_model_free(more);
}
END_TEST

/* Layers that only apply a function to the output y of those before: tanh(relu(y)). */
START_TEST(activation_layers_are_applied)
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

START_TEST(gains_and_skip_are_read)
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

START_TEST(sample_rate_may_be_a_number_or_a_string)
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
        char text[TEXT_SIZE];
        struct tc_model *const model = model_of(keras, "\"layers\"", cases[i].text);

        ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, cases[i].rate_hz);
        ck_assert_int_eq(facts_of(with(text, keras, "\"layers\"", cases[i].text)).rate_assumed,
                         cases[i].assumed);
        tc_model_free(model);
    }
}
END_TEST

START_TEST(further_inputs_are_knobs_named_param)
{
    char text[TEXT_SIZE];
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

START_TEST(unknown_layers_without_weights_are_skipped)
{
    assert_alike(model_of(keras, "{\"type\": \"lstm\"",
                          "{\"type\": \"unknown\", \"shape\": [[null, 1]], \"weights\": []}, "
                          "{\"type\": \"lstm\""),
                 NULL, model_of(keras, "", ""), NULL);
}
END_TEST

/* ------------------------------------------------------------------------- the stored batch */

START_TEST(exchanged_gates_and_biases_of_a_gru_are_detected)
{
    static const char *const reasons[] = {NULL, "its gates r and z are exchanged",
                                          "its two rows of biases are exchanged",
                                          "its gates r and z and its two rows of biases are "
                                          "exchanged"};
    char text[TEXT_SIZE], batch[TEXT_SIZE];
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

START_TEST(failed_self_test_gives_a_warning)
{
    char text[TEXT_SIZE], batch[TEXT_SIZE];
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

/* ------------------------------------------------------------------------- refusals */

static const struct refusal refused[] = {
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
     "\"activation\": \"selu\", \"shape\": [null, null, 1], \"weights\": [[[1.5", TC_UNSUPPORTED,
     "layer 1 (dense) has the activation 'selu', expected none, tanh, relu, sigmoid, elu or "
     "softmax"},
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
};

START_TEST(error_names_what_is_wrong_in_the_file)
{
    assert_refused(&refused[_i]);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("keras");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_test(tests, linear_layer_is_folded_into_the_next);
    tcase_add_test(tests, activation_layers_are_applied);
    tcase_add_test(tests, elu_and_softmax_of_dense_layers_are_applied);
    tcase_add_test(tests, gains_and_skip_are_read);
    tcase_add_test(tests, sample_rate_may_be_a_number_or_a_string);
    tcase_add_test(tests, further_inputs_are_knobs_named_param);
    tcase_add_test(tests, unknown_layers_without_weights_are_skipped);
    tcase_add_test(tests, exchanged_gates_and_biases_of_a_gru_are_detected);
    tcase_add_test(tests, failed_self_test_gives_a_warning);
    tcase_add_loop_test(tests, error_names_what_is_wrong_in_the_file, 0,
                        sizeof refused / sizeof refused[0]);
    return support_run(tests, "keras");
}
