#include "tests/support/failing_malloc.h"
#include "foreign_document.h"
#include "gru_document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Files of all other programs: equal networks are read alike, and damaged files are refused. */

START_TEST(equal_networks_of_all_formats_give_equal_output)
{
    static const char start[] = "0.125, -2, 1.5";

    assert_alike(model_of(keras, "", ""), NULL, model_of(guitarml, "", ""), NULL);
    assert_alike(model_of(keras, "", ""), NULL, model_of(nam, start, "0, 0, 1.5"), NULL);
}
END_TEST

static const struct refusal refused[] = {
    {"[1, 2]", "", "", TC_BAD_FORMAT, "the JSON is an array, expected an object"},
    {"no model", "", "", TC_BAD_FORMAT, "the file is neither JSON nor safetensors nor a plugin"},
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
};

START_TEST(error_names_what_is_wrong_in_the_file)
{
    assert_refused(&refused[_i]);
}
END_TEST

/* Small values take many times the memory of their text: 20 MiB of them are refused before they are
 * read, 256 KiB are read and refused for what they are. */
START_TEST(small_values_take_no_memory)
{
    static const char *const values[] = {"[0],", "{\"a\":0},", "0,", "\"\","};
    const size_t sizes[] = {20 << 20, 1 << 18};

    for (size_t v = 0; v < sizeof values / sizeof *values; ++v)
        for (size_t s = 0; s < 2; ++s) {
            const size_t length = strlen(values[v]), n = sizes[s] / length;
            char *const text = malloc(16 + n * length);
            struct tc_error error;
            struct tc_model *model = NULL;
            enum tc_status status;
            size_t size = (size_t)sprintf(text, "{\"a\":[");

            for (size_t i = 0; i < n; ++i, size += length)
                memcpy(text + size, values[v], length);
            size += (size_t)sprintf(text + size - 1, "]}") - 1;
            status = tc_model_read(&model, (unsigned char *)text, size, &error);
            ck_assert_int_ne(status, TC_OK);
            ck_assert((status == TC_TOO_LARGE) == (s == 0));
            if (s == 0)
                ck_assert_ptr_nonnull(strstr(error.message, "so many small values that it takes"));
            free(text);
        }
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

/* A file cut anywhere is refused. The memory has exactly its size, so that a read beyond it is
 * detected. */
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

/* Our own allocations only: jansson does not report each of its failures. For the stored batch
 * three more models are made, to look for wrong conversions. */
START_TEST(failing_allocations_while_reading_give_no_model)
{
    char text[TEXT_SIZE], batch[TEXT_SIZE];
    struct tc_model *model = NULL;
    bool failed;
    long i = -1;

    batch_of(batch, model_of(gru_document(text, grus[0], ""), "", ""), 0.01f);
    if (_i == 0)
        gru_document(text, grus[0], batch);
    else
        strcpy(text, _i == 1 ? guitarml : nam);
    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(read_text(text, &model, NULL));
        ck_assert(failed == !model);
    } while (failed);
    ck_assert_int_ge(i, 6);
    tc_model_free(model);
}
END_TEST

/* A byte may be a blank or change a number; what is read must be a model, the rest be refused. */
START_TEST(changed_bytes_are_refused_or_give_a_valid_model)
{
    static const char *const documents[] = {keras, guitarml, nam};
    static const char bytes[] = "\"[]{},:019-.eE \377";
    char text[TEXT_SIZE];

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

    tcase_add_test(tests, equal_networks_of_all_formats_give_equal_output);
    tcase_add_loop_test(tests, error_names_what_is_wrong_in_the_file, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, small_values_take_no_memory);
    tcase_add_test(tests, deep_and_large_json_is_refused);
    tcase_add_loop_test(tests, truncated_files_are_refused, 0, 3);
    tcase_add_loop_test(tests, failing_allocations_while_reading_give_no_model, 0, 3);
    tcase_add_loop_test(tests, changed_bytes_are_refused_or_give_a_valid_model, 0, 3);
    return support_run(tests, "foreign");
}
