#include "tests/support/scratch_folder.h"
#include "tests/support/support.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers in files are the same to the bit when they are read again, also in a program whose locale
 * writes 0,5 for a half. Such a locale is made here: hardly any system has one installed. */

static const char comma[] =
    "comment_char %\nescape_char /\nLC_NUMERIC\ndecimal_point \",\"\nthousands_sep \".\"\n"
    "grouping 3;3\nEND LC_NUMERIC\n";

/* Use such a locale, made in the folder we are in. localedef warns of all that is missing in it,
 * and fails for that, but writes it. */
static bool use_comma(void)
{
    FILE *const file = fopen("comma", "w");
    char half[8];

    if (!file)
        return false;
    fputs(comma, file);
    fclose(file);
    if (system("localedef --no-archive -c -i ./comma -f UTF-8 ./comma.utf8 >/dev/null 2>&1") < 0 ||
        setenv("LOCPATH", ".", 1) != 0 || !setlocale(LC_NUMERIC, "comma.utf8"))
        return false;
    snprintf(half, sizeof half, "%g", 0.5);
    return strcmp(half, "0,5") == 0;
}

/* In a folder of its own. The locale stays when that is gone. */
static bool use_comma_from_scratch(void)
{
    const bool used = scratch_folder_enter() && use_comma();

    return scratch_folder_leave() && used;
}

/* Floats of every size up to 8, and sign, by their bits. */
static float any_float(uint32_t *random)
{
    float value;

    do {
        *random = *random * 1664525u + 1013904223u;
        memcpy(&value, random, sizeof value);
    } while (!(value >= -8.0f && value <= 8.0f));
    return value;
}

/* From an initial state of 0; an LSTM with one bias, since others have no more. */
static struct tc_model *make(enum tc_cell cell)
{
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{cell, TC_TANH, 8}}};
    struct tc_tensor tensor[TC_MAX_TENSORS];
    struct tc_metadata meta;
    struct tc_model *model;
    uint32_t random = 1;
    size_t n;
    float *const parameters = support_parameters(&arch, 1, &n);

    for (size_t i = 0; i < n; ++i)
        parameters[i] = any_float(&random);
    for (unsigned t = 0; t < tc_architecture_tensors(&arch, tensor, NULL); ++t)
        if (strcmp(tensor[t].name, "rec.h0_l0") == 0 || strcmp(tensor[t].name, "rec.c0_l0") == 0 ||
            (cell == TC_CELL_LSTM && strcmp(tensor[t].name, "rec.bias_hh_l0") == 0))
            memset(parameters + tensor[t].offset, 0, tensor[t].rows * sizeof *parameters);
    tc_metadata_init(&meta);
    meta.sample_rate_hz = 44100.5;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    free(parameters);
    return model;
}

static const struct {
    enum tc_export format;
    enum tc_cell cell;
} files[] = {
    {TC_EXPORT_GUITARML, TC_CELL_LSTM}, {TC_EXPORT_GUITARML, TC_CELL_GRU},
    {TC_EXPORT_KERAS, TC_CELL_LSTM},    {TC_EXPORT_KERAS, TC_CELL_GRU},
    {TC_EXPORT_AIDAX, TC_CELL_LSTM},    {TC_EXPORT_AIDAX, TC_CELL_GRU},
    {TC_EXPORT_NAM, TC_CELL_LSTM},
};

/* All but the initial state, which NAM works out. */
static void assert_same_weights(const struct tc_model *a, const struct tc_model *b)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(a), tensor, NULL);

    for (unsigned t = 0; t < n; ++t)
        if (strstr(tensor[t].name, ".weight") || strstr(tensor[t].name, ".bias"))
            ck_assert_mem_eq(tc_model_parameters(a) + tensor[t].offset,
                             tc_model_parameters(b) + tensor[t].offset,
                             tensor[t].rows * tensor[t].cols * sizeof(float));
}

START_TEST(floats_are_read_back_bit_identical)
{
    struct tc_model *const model = make(files[_i].cell);
    unsigned char *with_comma, *with_point;
    size_t comma_size, point_size;
    struct tc_error error;
    struct tc_model *copy;

    ck_assert_int_eq(
        tc_model_export_bytes(model, files[_i].format, &with_comma, &comma_size, &error), TC_OK);
    ck_assert_msg(tc_model_read(&copy, with_comma, comma_size, &error) == TC_OK, "%s",
                  error.message);
    assert_same_weights(model, copy);
    ck_assert_double_eq(tc_model_metadata(copy)->sample_rate_hz, 44100.5);
    ck_assert_ptr_nonnull(setlocale(LC_NUMERIC, "C"));
    ck_assert_int_eq(
        tc_model_export_bytes(model, files[_i].format, &with_point, &point_size, &error), TC_OK);
    ck_assert_uint_eq(comma_size, point_size);
    ck_assert_mem_eq(with_comma, with_point, point_size);
    free(with_comma);
    free(with_point);
    tc_model_free(copy);
    tc_model_free(model);
}
END_TEST

/* Numbers in strings are parsed by the readers, not by jansson. */
START_TEST(decimal_point_does_not_depend_on_the_locale)
{
    static const char text[] =
        "{\"in_shape\": [1], \"samplerate\": \"44100.5\", \"layers\": [{\"type\": \"dense\", "
        "\"shape\": [1], \"activation\": \"tanh\", \"weights\": [[[0.5]]]}]}";
    struct tc_model *model;

    ck_assert_int_eq(tc_model_read(&model, (const unsigned char *)text, strlen(text), NULL), TC_OK);
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 44100.5);
    ck_assert_float_eq(tc_model_parameters(model)[0], 0.5f);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("numbers");

    if (!use_comma_from_scratch()) {
        puts("skipped: no locale with a decimal comma can be made (Debian: locales)");
        return 77;
    }
    tcase_add_loop_test(tests, floats_are_read_back_bit_identical, 0,
                        sizeof files / sizeof files[0]);
    tcase_add_test(tests, decimal_point_does_not_depend_on_the_locale);
    return support_run(tests, "numbers");
}
