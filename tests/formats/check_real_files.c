#include "reference_models.h"
#include "tests/support/temp_folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Real files of other programs: the outputs that those programs recorded, and what else the files
 * hold or lack. */

static const struct {
    const char *folder, *model, *end, *input, *output, *text;
    double tolerance;
} recorded[] = {
    {"keras", "rtneural_dense", ".json", "rtneural_dense_x", "rtneural_dense_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm", ".json", "rtneural_lstm_x", "rtneural_lstm_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm_1d", ".json", "rtneural_lstm_1d_x", "rtneural_lstm_1d_y", ".csv",
     1e-6},
    {"keras", "rtneural_gru", ".json", "rtneural_gru_x", "rtneural_gru_y", ".csv", 1e-6},
    {"keras", "rtneural_gru_1d", ".json", "rtneural_gru_1d_x", "rtneural_gru_1d_y", ".csv", 1e-6},
    {"keras", "rtneural_lstm_torch", ".json", "rtneural_lstm_torch_x", "rtneural_lstm_torch_y",
     ".csv", 1e-6},
    {"keras", "rtneural_gru_torch", ".json", "rtneural_gru_torch_x", "rtneural_gru_torch_y", ".csv",
     1e-6},
    {"nam", "opensauce_lstm_1x8", ".nam", "opensauce_lstm_1x8_input", "opensauce_lstm_1x8_expected",
     ".json", 1e-5},
    {"nam", "opensauce_lstm_2x16", ".nam", "opensauce_lstm_2x16_input",
     "opensauce_lstm_2x16_expected", ".json", 1e-5},
};

START_TEST(output_matches_that_of_other_programs)
{
    char path[PATH_SIZE];
    float input[FRAMES], output[FRAMES];
    double expected[FRAMES], difference;
    struct tc_model *const model = load_reference(
        reference_path(path, recorded[_i].folder, recorded[_i].model, recorded[_i].end), NULL);
    const size_t n = read_numbers(
        reference_path(path, recorded[_i].folder, recorded[_i].input, recorded[_i].text), input,
        FRAMES);

    ck_assert_uint_ge(n, 100);
    ck_assert_uint_eq(read_numbers(reference_path(path, recorded[_i].folder, recorded[_i].output,
                                                  recorded[_i].text),
                                   output, FRAMES),
                      n);
    for (size_t t = 0; t < n; ++t)
        expected[t] = (double)output[t];
    difference = largest_difference(model, input, n, expected);
    printf("%-40s %.2g\n", recorded[_i].output, difference);
    ck_assert_msg(difference <= recorded[_i].tolerance, "%s: %g", recorded[_i].output, difference);
    tc_model_free(model);
}
END_TEST

START_TEST(stored_self_test_passes)
{
    struct tc_file_facts facts;
    char path[PATH_SIZE];
    struct tc_model *const model =
        load_reference(reference_path(path, "keras", "aidax_neuralseed_lstm8", ".json"), &facts);

    ck_assert_double_le(facts.selftest_error, 1e-6);
    ck_assert_str_eq(facts.warning, "");
    ck_assert_float_eq(tc_model_metadata(model)->in_gain_db, 6.0f);
    ck_assert_float_eq(tc_model_metadata(model)->out_gain_db, -4.5f);
    ck_assert_str_eq(tc_model_metadata(model)->licence, "MIT");
    tc_model_free(model);
}
END_TEST

/* Version 0.4.0 of NAM wrote a folder with two files. */
START_TEST(folder_with_config_and_weights_is_a_model)
{
    char path[PATH_SIZE];
    struct tc_model *beside, *folder;

    ck_assert_int_eq(mkdir("amp", 0700), 0);
    ck_assert_int_eq(
        symlink(reference_path(path, "nam", "legacy040_deluxe_config", ".json"), "amp/config.json"),
        0);
    ck_assert_int_eq(
        symlink(reference_path(path, "nam", "legacy040_deluxe_weights", ".npy"), "amp/weights.npy"),
        0);
    beside = load_reference(reference_path(path, "nam", "legacy040_deluxe_config", ".json"), NULL);
    folder = load_reference("amp", NULL);
    ck_assert_uint_eq(tc_model_weights(folder), 12073 - 6 * 24 + 3 * 4 * 24);
    ck_assert_mem_eq(tc_model_parameters(folder), tc_model_parameters(beside),
                     tc_model_weights(folder) * sizeof(float));
    tc_model_free(folder);
    tc_model_free(beside);
}
END_TEST

START_TEST(warning_names_the_chosen_submodel)
{
    struct tc_file_facts facts;
    char path[PATH_SIZE];

    tc_model_free(
        load_reference(reference_path(path, "nam", "namcore_slimmable_container", ".nam"), &facts));
    ck_assert_str_eq(facts.warning,
                     "of its 3 submodels the 1st is taken, the largest that is an LSTM");
    ck_assert_str_eq(facts.format, "NAM");
}
END_TEST

/* ------------------------------------------------------------------------- refusals */

static const struct {
    const char *folder, *name, *message;
    enum tc_status status;
} refused[] = {
    {"keras", "rtneural_bad_lstm.json",
     "'layer 0 (lstm), kernel' has the size 1 x 80, expected 1 x 64", TC_BAD_SHAPE},
    {"keras", "rtneural_full_model.json",
     "layer 1 has the type 'conv1d', expected lstm, gru, dense, time-distributed-dense or "
     "activation",
     TC_UNSUPPORTED},
    {"nam", "opensauce_lstm_1x8_input.json", "the JSON is an array, expected an object",
     TC_BAD_FORMAT},
    {"nam", "legacy040_deluxe_weights.npy", "the file is neither JSON nor safetensors nor a plugin",
     TC_BAD_FORMAT},
};
enum { REFUSED = sizeof refused / sizeof refused[0] };

START_TEST(unsupported_files_are_refused)
{
    struct tc_error error;
    struct tc_model *model = NULL;
    char path[PATH_SIZE];

    reference_path(path, refused[_i].folder, refused[_i].name, "");
    ck_assert_int_eq(tc_model_load(&model, path, &error), refused[_i].status);
    ck_assert_str_eq(error.message, refused[_i].message);
    ck_assert_ptr_null(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("real_files");

    if (!reference_models_find())
        return 77;
    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, output_matches_that_of_other_programs, 0,
                        sizeof recorded / sizeof recorded[0]);
    tcase_add_test(tests, stored_self_test_passes);
    tcase_add_test(tests, folder_with_config_and_weights_is_a_model);
    tcase_add_test(tests, warning_names_the_chosen_submodel);
    tcase_add_loop_test(tests, unsupported_files_are_refused, 0, REFUSED);
    return support_run(tests, "real_files");
}
