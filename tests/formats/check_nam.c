#include "foreign_document.h"

#include <math.h>
#include <string.h>

/* Files of Neural Amp Modeler. */

START_TEST(initial_state_is_read)
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

START_TEST(metadata_is_read)
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

START_TEST(sample_rate_may_be_in_the_metadata_or_missing)
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

/* Inputs: audio, Voice as one of three, Drive from -1 to 1. The gates are given 0.5 x + (1, 3 or 5)
 * + 2 drive, and so on for the other rows. */
static const char switches[] =
    "{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": 1, "
    "\"num_layers\": 1, \"params\": [{\"name\": \"Voice\", \"type\": \"switch\", \"min\": 0, "
    "\"max\": 2, \"default\": 2, \"enum_names\": [\"a\", \"b\", \"c\"]}, {\"name\": \"Drive\", "
    "\"min\": 0, \"max\": 10, \"default\": 5}]}, \"weights\": [0.5, 1, 3, 5, 2, 0.1, 0.25, 1, 3, "
    "5, "
    "2, 0.2, -0.5, 1, 3, 5, 2, 0.3, 1, 1, 3, 5, 2, 0.4, 0.5, 0.6, 0.7, 0.8, 0, 0, 1.5, 0.25]}";

START_TEST(switches_of_three_positions_are_encoded)
{
    static const struct {
        float knobs[2];
        const char *biases;
    } at[] = {
        {{0.0f, 5.0f}, "[1.5, 1.6, 1.7, 1.8]"}, {{1.0f, 0.0f}, "[1.5, 1.6, 1.7, 1.8]"},
        {{2.0f, 2.5f}, "[4.5, 4.6, 4.7, 4.8]"}, {{0.5f, 10.0f}, "[4.5, 4.6, 4.7, 4.8]"},
        {{1.75f, 5.0f}, "[5, 5.1, 5.2, 5.3]"},
    };
    struct tc_model *const model = model_of(switches, "", "");

    ck_assert_uint_eq(tc_model_architecture(model)->knobs, 2);
    ck_assert_float_eq(tc_model_metadata(model)->knob[0].max, 2.0f);
    ck_assert_float_eq(tc_model_metadata(model)->knob[0].initial, 2.0f);
    tc_model_free(model);
    for (size_t i = 0; i < sizeof at / sizeof at[0]; ++i)
        assert_alike(model_of(switches, "", ""), at[i].knobs,
                     model_of(keras, "[0.5, 0.6, 0.7, 0.8]", at[i].biases), NULL);
}
END_TEST

/* A container of two sizes of one network, of which the larger is taken; its rate is theirs. */
#define SUBMODEL(size, bias)                                                                    \
    "{\"max_value\": " size                                                                     \
    ", \"model\": {\"version\": \"0.5.4\", \"architecture\": \"LSTM\", \"config\": {"           \
    "\"input_size\": 1, \"hidden_size\": 1, \"num_layers\": 1}, \"weights\": [0.5, 0.1, 0.25, " \
    "0.2, -0.5, 0.3, 1, 0.4, 0.5, 0.6, 0.7, 0.8, 0, 0, 1.5, " bias "]}}"
static const char container[] =
    "{\"version\": \"0.7.0\", \"architecture\": \"SlimmableContainer\", \"weights\": [], "
    "\"sample_rate\": 96000, \"config\": {\"submodels\": [" SUBMODEL("0.5", "9") ", " SUBMODEL(
        "1", "0.25") "]}}";

START_TEST(largest_submodel_is_taken)
{
    struct tc_model *const model = model_of(container, "", "");

    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 96000.0);
    assert_alike(model, NULL, model_of(keras, "", ""), NULL);
    tc_model_free(model_of(container, "0.7.0", "0.7.3"));
}
END_TEST

/* Sorted by name, Bass comes before Treble, and both are given as they are. */
START_TEST(knobs_of_cat_lstm_are_sorted_by_name)
{
    static const float knobs[] = {-1.0f, 4.0f};
    char text[TEXT_SIZE];

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

/* A document of a version that is not read. */
#define VERSION(document, known, found)                                                           \
    {                                                                                             \
        document, (known), (found), TC_UNSUPPORTED,                                               \
            "version '" found "' of NAM is not known, expected 0.4.0 to 0.7 (1.0 for ConcatLSTM)" \
    }

static const struct refusal refused[] = {
    {nam, "\"LSTM\"", "\"WaveNet\"", TC_UNSUPPORTED,
     "the architecture is 'WaveNet', expected LSTM, ConcatLSTM, CatLSTM or SlimmableContainer"},
    {nam, "\"architecture\": \"LSTM\", ", "", TC_BAD_FORMAT, "the file: 'architecture' is missing"},
    VERSION(nam, "0.5.4", "0.8.0"),
    VERSION(nam, "0.5.4", "0.3.0"),
    VERSION(nam, "0.5.4", "0.5"),
    VERSION(nam, "0.5.4", "0.5.4 "),
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
    VERSION(container, "0.7.0", "0.8.0"),
    VERSION(container, "0.7.0", "1.0.0"),
    {container, "\"version\": \"0.7.0\", ", "", TC_BAD_FORMAT, "the file: 'version' is missing"},
    {container, "\"max_value\": 0.5, ", "", TC_BAD_FORMAT, "submodel 0: 'max_value' is missing"},
    {container, "\"max_value\": 1,", "\"max_value\": 0.5,", TC_BAD_VALUE,
     "submodel 1: 'max_value' is 0.5, expected more than the 0.5 before it"},
    {container, "\"max_value\": 1,", "\"max_value\": 0.75,", TC_BAD_VALUE,
     "submodel 1: 'max_value' is 0.75, expected 1 or more of the last"},
    {switches, "\"max\": 2,", "\"max\": 1,", TC_BAD_VALUE,
     "param 'Voice' is a switch of 3 positions, but goes from 0 to 1"},
    {switches, "\"a\", \"b\", \"c\"", "\"a\"", TC_BAD_VALUE,
     "param 'Voice' is a switch of 1 positions, expected 2 to 1024"},
    {switches, "\"max\": 2, \"default\": 2, \"enum_names\": [\"a\", \"b\", \"c\"]",
     "\"max\": 1e30, \"default\": 2", TC_TOO_LARGE,
     "param 'Voice' is a switch of 1e+30 positions, expected 2 to 1024"},
};

START_TEST(error_names_what_is_wrong_in_the_file)
{
    assert_refused(&refused[_i]);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("nam");

    tcase_add_test(tests, initial_state_is_read);
    tcase_add_test(tests, metadata_is_read);
    tcase_add_test(tests, sample_rate_may_be_in_the_metadata_or_missing);
    tcase_add_test(tests, knobs_of_concat_lstm_are_encoded);
    tcase_add_test(tests, switches_of_three_positions_are_encoded);
    tcase_add_test(tests, largest_submodel_is_taken);
    tcase_add_test(tests, knobs_of_cat_lstm_are_sorted_by_name);
    tcase_add_loop_test(tests, error_names_what_is_wrong_in_the_file, 0,
                        sizeof refused / sizeof refused[0]);
    return support_run(tests, "nam");
}
