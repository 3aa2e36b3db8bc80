#include "formats/readers/npy.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The errors of files that are damaged, or hold what cannot be played: whole files, as small as
 * they can be. */

/* A plain RNN of one unit, as PyTorch names it. */
#define CELL(prefix) "\"" prefix "weight_ih_l0\": [[1]], \"" prefix "weight_hh_l0\": [[0]]"

static const struct {
    const char *text;
    enum tc_status status;
    const char *message;
} refused[] = {
    /* any JSON */
    {"{\"model_data\": 1e400}", TC_BAD_FORMAT,
     "the file is not valid JSON: line 1, column 20: real number overflow near '1e400'"},
    {"{\"model_data\": 1, \"model_data\": 2}", TC_BAD_FORMAT,
     "the file is not valid JSON: line 1, column 30: duplicate object key near '\"model_data\"'"},
    /* GuitarML */
    {"{\"model_data\": {\"model\": \"RecNet\"}, \"blocks\": {\"1\": {}}, \"state_dict\": {}}",
     TC_BAD_FORMAT, "blocks: '0' is missing"},
    {"{\"model_data\": {\"model\": \"RecNet\"}, \"blocks\": {\"0\": {\"block_type\": \"RNN\", "
     "\"input_size\": 1, \"hidden_size\": 1}, \"1\": {}}, "
     "\"state_dict\": {" CELL("layers.block_1.rec.") ", \"layers.block_1.lin.weight\": [[1]]}}",
     TC_UNSUPPORTED,
     "block 0 of 2 adds its input to its output, expected that of a whole network only"},
    {"{\"model_data\": {\"unit_type\": \"RNN\", \"input_size\": -1}, \"state_dict\": {}}",
     TC_BAD_VALUE, "model_data: 'input_size' is -1, expected 0 to 4112"},
    {"{\"model_data\": {\"unit_type\": \"RNN\", \"input_size\": \"1\"}, \"state_dict\": {}}",
     TC_BAD_FORMAT, "model_data: 'input_size' is a string, expected an integer"},
    {"{\"model_data\": {\"unit_type\": \"RNN\", \"input_size\": 18, \"hidden_size\": 1}, "
     "\"state_dict\": {\"rec.weight_ih_l0\": [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
     "1]], \"rec.weight_hh_l0\": [[0]], \"lin.weight\": [[1]]}}",
     TC_TOO_LARGE, "17 inputs beside the audio, the limit is 16"},
    /* PyTorch's tensors */
    {"{\"a.weight_ih_l0\": [[1], [1]], \"a.weight_hh_l0\": [[1], [1]]}", TC_BAD_SHAPE,
     "'a.weight_hh_l0' has the size 2 x 1, expected 1 (rnn), 3 (gru) or 4 (lstm) times as many "
     "rows "
     "as columns"},
    {"{" CELL("a.") "}", TC_BAD_FORMAT, "there is no tensor '...weight' of a linear readout"},
    {"{" CELL("a.") ", \"b.weight\": [[1]], \"c.weight\": [[1]]}", TC_UNSUPPORTED,
     "there are 2 linear layers, and nothing says what is between them; expected one"},
    {"{" CELL("a.") ", \"b.weight\": [[1, 2]]}", TC_BAD_SHAPE,
     "'b.weight' has the size 1 x 2, expected 1 x 1"},
    {"{" CELL("a.") ", \"b.weight\": [[1]], \"a.weight_hr_l0\": [[1]]}", TC_UNSUPPORTED,
     "tensor 'a.weight_hr_l0' belongs to no part of the network that is known"},
    /* Keras */
    {"{\"in_shape\": [1], \"layers\": {}}", TC_BAD_FORMAT, "'layers' is no list of layers"},
    {"{\"in_shape\": [1], \"layers\": [1]}", TC_BAD_FORMAT,
     "layer 0 is an integer, expected an object"},
    {"{\"in_shape\": [1], \"layers\": [{\"type\": \"gru\", \"shape\": [1], \"weights\": [[[1, 1, "
     "1]], [[1, 1, 1]], [1, 1, 1]]}]}",
     TC_UNSUPPORTED,
     "layer 0 (gru) has one row of biases, so it resets before the product (reset_after=False), "
     "which is another cell; expected two rows"},
    {"{\"in_shape\": [1], \"layers\": [{\"type\": \"activation\", \"activation\": \"tanh\", "
     "\"shape\": [2]}]}",
     TC_BAD_SHAPE, "layer 0 (activation) gives 2 values, but reads 1"},
    {"{\"in_shape\": [1], \"layers\": [{\"type\": \"dense\", \"shape\": [1], \"weights\": "
     "[[[1]]]}]}",
     TC_UNSUPPORTED, "the network has no layer but a linear one, expected a recurrent one"},
    {"{\"in_shape\": [1], \"layers\": [{\"type\": \"dense\", \"shape\": [1], \"activation\": "
     "\"swish\", \"weights\": [[[1]]]}]}",
     TC_UNSUPPORTED,
     "layer 0 (dense) has the activation 'swish', expected none, tanh, relu, sigmoid, elu or "
     "softmax"},
    /* NAM */
    {"{\"version\": \"0.7.0\", \"architecture\": \"SlimmableContainer\", \"config\": {}}",
     TC_BAD_FORMAT, "config: 'submodels' is missing or empty"},
    {"{\"version\": \"0.5.0\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
     "\"hidden_size\": 0, \"num_layers\": 1}, \"weights\": [0]}",
     TC_BAD_SHAPE, "layer 0 has 1 inputs and 0 units, expected at least one of each"},
    {"{\"version\": \"0.5.0\", \"architecture\": \"LSTM\", \"config\": {\"input_size\": 1, "
     "\"hidden_size\": 1, \"num_layers\": 1, \"out_channels\": 4097}, \"weights\": [0]}",
     TC_TOO_LARGE, "config: 'out_channels' is 4097, expected 0 to 4096"},
    {"{\"version\": \"0.5.0\", \"architecture\": \"CatLSTM\", \"config\": {\"input_size\": 2, "
     "\"hidden_size\": 1, \"num_layers\": 1, \"parametric\": {\"Tone\": {\"type\": \"choice\"}}}}",
     TC_UNSUPPORTED, "parametric: 'Tone' has the type 'choice', expected continuous or boolean"},
    {"{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": 1, "
     "\"num_layers\": 1}}",
     TC_BAD_FORMAT, "config: 'params' is missing or empty"},
    {"{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": 1, "
     "\"num_layers\": 1, \"params\": [{\"name\": \"Tone\", \"type\": \"text\", \"min\": 0, "
     "\"max\": 1, \"default\": 0}]}}",
     TC_UNSUPPORTED, "param 'Tone' has the type 'text', expected continuous or switch"},
    {"{\"version\": \"1.0.0\", \"architecture\": \"ConcatLSTM\", \"config\": {\"hidden_size\": 1, "
     "\"num_layers\": 1, \"params\": [{\"name\": \"Tone\", \"min\": 0, \"max\": 1e39, "
     "\"default\": 0}]}}",
     TC_BAD_VALUE, "param 0: 'max' is too large for a 32-bit float"},
};

START_TEST(error_names_what_is_wrong_in_the_file)
{
    const char *const text = refused[_i].text;
    struct tc_model *model = NULL;
    struct tc_error error = {""};
    const enum tc_status status =
        tc_model_read(&model, (const unsigned char *)text, strlen(text), &error);

    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_int_eq(status, refused[_i].status);
    ck_assert_ptr_null(model);
}
END_TEST

/* A readout and nothing before it. */
START_TEST(safetensors_without_a_cell_are_refused)
{
    static const char bytes[] =
        "\100\0\0\0\0\0\0\0{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],"
        "\"data_offsets\":[0,4]}} \0\0\0";
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_model_read(&model, (const unsigned char *)bytes, sizeof bytes, &error),
                     TC_BAD_FORMAT);
    ck_assert_str_eq(error.message, "there is no tensor '...weight_ih_l0'");
    ck_assert_ptr_null(model);
}
END_TEST

/* ------------------------------------------------------------------------- warnings */

static const struct {
    const char *more, *warning;
} odd[] = {
    {"\"in_gain\": \"6\"", "'in_gain' is a string, and ignored as the players do"},
    {"\"input_batch\": [], \"output_batch\": []", "the self-test has 0 frames and is not run"},
    {"\"input_batch\": [0], \"output_batch\": [[0]]",
     "the self-test is not run: 'output_batch' has 2 dimensions, expected 1 (1)"},
};

START_TEST(recoverable_errors_give_a_warning)
{
    static const char name[] = "broken.tmp";
    FILE *const file = fopen(name, "w");
    struct tc_file_facts facts;
    struct tc_model *model;
    struct tc_error error;

    fprintf(file,
            "{\"in_shape\": [1], \"layers\": [{\"type\": \"dense\", \"shape\": [1], "
            "\"activation\": \"tanh\", \"weights\": [[[1]]]}], %s}",
            odd[_i].more);
    fclose(file);
    ck_assert_msg(tc_model_load_facts(&model, name, &facts, &error) == TC_OK, "%s", error.message);
    remove(name);
    ck_assert_str_eq(facts.warning, odd[_i].warning);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------------- numpy's files */

static const struct {
    const char *header, *message;
} arrays[] = {
    {"{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }",
     "w.npy: values of the type '<i4', expected '<f4' or '<f8'"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }",
     "w.npy: its shape is no list of numbers"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
     "w.npy: value 0 is no finite number"},
};

START_TEST(invalid_npy_arrays_are_refused)
{
    const unsigned length = (unsigned)strlen(arrays[_i].header);
    unsigned char bytes[128] = "\223NUMPY\001";
    struct tc_error error = {""};
    float *values = NULL;
    size_t n;

    bytes[8] = (unsigned char)length;
    memcpy(bytes + 10, arrays[_i].header, length);
    memcpy(bytes + 10 + length, "\0\0\300\177", 4); /* NaN */
    ck_assert_int_ne(tc_npy_read(bytes, 14 + length, "w.npy", &values, &n, &error), TC_OK);
    ck_assert_str_eq(error.message, arrays[_i].message);
    bytes[1] = 'n';
    ck_assert_int_eq(tc_npy_read(bytes, 14 + length, "w.npy", &values, &n, &error), TC_BAD_FORMAT);
    ck_assert_str_eq(error.message, "w.npy is no file of numpy's");
    ck_assert_ptr_null(values);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("broken_files");

    tcase_add_loop_test(tests, error_names_what_is_wrong_in_the_file, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, safetensors_without_a_cell_are_refused);
    tcase_add_loop_test(tests, recoverable_errors_give_a_warning, 0, sizeof odd / sizeof odd[0]);
    tcase_add_loop_test(tests, invalid_npy_arrays_are_refused, 0, sizeof arrays / sizeof arrays[0]);
    return support_run(tests, "broken_files");
}
