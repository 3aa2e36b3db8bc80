#include "exported_model.h"
#include "tests/support/temp_folder.h"

#include <stdlib.h>

/* Models that other formats cannot hold: the message says why. */

static const struct {
    enum tc_export format;
    struct model_spec spec;
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
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .hidden_1 = 4},
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
     {.cell = TC_CELL_LSTM, .hidden = 3, .layers = 2, .hidden_1 = 4},
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

START_TEST(unsupported_features_are_refused)
{
    struct tc_model *const model = make_model(&refused[_i].spec);
    struct tc_error error;

    ck_assert_int_eq(tc_model_export(model, refused[_i].format, export_path, &error),
                     TC_UNSUPPORTED);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_uint_eq(temp_folder_names(), 0);
    tc_model_free(model);
}
END_TEST

/* It takes one more than the largest number of units. */
START_TEST(direct_path_in_nam_needs_a_spare_unit)
{
    const struct model_spec widest = {.cell = TC_CELL_LSTM, .hidden = TC_MAX_UNITS, .direct = 1.0f};
    struct tc_model *const model = make_model(&widest);
    struct tc_error error;

    ck_assert_int_eq(tc_model_export(model, TC_EXPORT_NAM, export_path, &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "NAM needs 1025 units, the limit is 1024");
    tc_model_free(model);
}
END_TEST

START_TEST(feedforward_layers_are_refused_elsewhere)
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
        struct tc_model *const model = make_feedforward(cases[i].activation, &parameters, &n);
        struct tc_error error;

        ck_assert_int_eq(tc_model_export(model, cases[i].format, export_path, &error),
                         TC_UNSUPPORTED);
        ck_assert_str_eq(error.message, cases[i].message);
        tc_model_free(model);
        free(parameters);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("export_refusals");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, unsupported_features_are_refused, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, direct_path_in_nam_needs_a_spare_unit);
    tcase_add_test(tests, feedforward_layers_are_refused_elsewhere);
    return support_run(tests, "export_refusals");
}
