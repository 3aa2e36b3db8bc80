#include "foreign_document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Files of GuitarML and its relatives. */

START_TEST(missing_fields_have_defaults)
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

START_TEST(knobs_are_named_as_in_the_players)
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
static const char *prefixed(char text[TEXT_SIZE], const char *head, const char *prefix,
                            const char *tail)
{
    const size_t used = (size_t)snprintf(text, TEXT_SIZE, "%s", head);
    const size_t more = (size_t)snprintf(text + used, TEXT_SIZE - used, tensors, prefix, prefix,
                                         prefix, prefix, prefix);

    snprintf(text + used + more, TEXT_SIZE - used - more, "%s", tail);
    return text;
}

START_TEST(variants_of_guitarml_are_read)
{
    char text[TEXT_SIZE];
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

/* What is around the tensors, and the prefix of their names. */
static const struct {
    const char *head, *prefix, *tail;
} checkpoints[] = {
    {"{\"state_dict\": {", "model.", "}, \"epoch\": 3}"},
    {"{\"epoch\": 3, \"model\": {", "module.", "}, \"best_loss\": 0.1}"},
    {"{\"model_state_dict\": {", "_orig_mod.",
     "}, \"optimizer_state_dict\": {\"state\": {\"0\": {\"exp_avg\": [[1]]}}}}"},
    {"{\"version\": 1, \"config\": {}, \"best\": {\"net\": {\"state_dict\": {",
     "module._orig_mod.model.", "}}}}"},
    /* An average of the weights, which comes first. */
    {"{\"ema\": {\"weight_ih_l0\": [[9]], \"weight\": [[9]]}, \"state_dict\": {", "", "}}"},
};

START_TEST(tensors_in_a_checkpoint_are_read)
{
    char text[TEXT_SIZE];

    prefixed(text, checkpoints[_i].head, checkpoints[_i].prefix, checkpoints[_i].tail);
    assert_alike(model_of(text, "", ""), NULL, model_of(keras, "", ""), NULL);
}
END_TEST

START_TEST(an_object_for_each_module_is_read)
{
    char text[TEXT_SIZE], nested[TEXT_SIZE];

    prefixed(text, "{\"steps\": [1, 2], \"net\": {\"rec\": {", "", "}}}");
    with(nested, text, "[0.5, 0.6, 0.7, 0.8], ", "[0.5, 0.6, 0.7, 0.8]}, \"lin\": {");
    for (char *dot = nested; (dot = strstr(dot, "\"rec.")) != NULL;)
        memmove(dot + 1, dot + 5, strlen(dot + 5) + 1);
    for (char *dot = nested; (dot = strstr(dot, "\"lin.")) != NULL;)
        memmove(dot + 1, dot + 5, strlen(dot + 5) + 1);
    assert_alike(model_of(nested, "", ""), NULL, model_of(keras, "", ""), NULL);
}
END_TEST

START_TEST(a_checkpoint_states_the_sample_rate)
{
    char text[TEXT_SIZE];
    struct tc_model *model;

    prefixed(text, "{\"hyper_parameters\": {\"sample_rate\": 48000}, \"state_dict\": {", "", "}}");
    model = model_of(text, "", "");
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 48000.0);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct refusal refused[] = {
    {guitarml, "\"state_dict\"", "\"training\"", TC_BAD_FORMAT,
     "the file has no weights: 'state_dict' is missing, as in a file that was written before the "
     "training"},
    {"{\"state_dict\": {}}", "{}", "{\"a\": [1]}", TC_BAD_FORMAT,
     "the file: 'model_data' is missing"},
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
};

START_TEST(error_names_what_is_wrong_in_the_file)
{
    assert_refused(&refused[_i]);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("guitarml");

    tcase_add_test(tests, missing_fields_have_defaults);
    tcase_add_test(tests, knobs_are_named_as_in_the_players);
    tcase_add_test(tests, variants_of_guitarml_are_read);
    tcase_add_loop_test(tests, tensors_in_a_checkpoint_are_read, 0,
                        sizeof checkpoints / sizeof checkpoints[0]);
    tcase_add_test(tests, an_object_for_each_module_is_read);
    tcase_add_test(tests, a_checkpoint_states_the_sample_rate);
    tcase_add_loop_test(tests, error_names_what_is_wrong_in_the_file, 0,
                        sizeof refused / sizeof refused[0]);
    return support_run(tests, "guitarml");
}
