#include "tests/support/failing_malloc.h"
#include "files/file.h"
#include "formats/safetensors.h"
#include "formats/selftest.h"
#include "tests/support/sample_model.h"
#include "tests/support/support.h"
#include "tests/support/temp_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char path[] = "model.safetensors";

static struct tc_model *load(void)
{
    struct tc_error error;
    struct tc_model *model;

    ck_assert_msg(tc_model_load(&model, path, &error) == TC_OK, "%s", error.message);
    return model;
}

static void save(const struct tc_model *model)
{
    struct tc_error error;

    ck_assert_msg(tc_model_save(model, path, &error) == TC_OK, "%s", error.message);
}

static void read_file(unsigned char **bytes, size_t *size)
{
    ck_assert_int_eq(tc_file_read(path, 1 << 26, bytes, size, NULL), TC_OK);
}

/* ------------------------------------------------------------------------- round trips */

/* Frees the model. */
static void assert_round_trip(struct tc_model *model)
{
    struct tc_model *copy;

    save(model);
    copy = load();
    assert_same_model(model, copy, true);
    ck_assert_uint_eq(temp_folder_names(), 1);
    tc_model_free(copy);
    tc_model_free(model);
}

/* _i counts through all cells, 3 depths and 0 to 2 knobs. */
START_TEST(saved_model_loads_bit_identical)
{
    assert_round_trip(sample_model((enum tc_cell)(_i % TC_CELLS), 1 + (unsigned)_i / TC_CELLS % 3,
                                   (unsigned)_i / TC_CELLS / 3));
}
END_TEST

START_TEST(every_architecture_loads_bit_identical)
{
    assert_round_trip(support_model(&support_networks[_i].arch, 1));
}
END_TEST

START_TEST(assumed_sample_rate_stays_assumed)
{
    struct tc_model *const stated = sample_model(TC_CELL_LSTM, 1, 0);
    struct tc_metadata meta = *tc_model_metadata(stated);
    struct tc_model *model, *copy;
    struct tc_file_facts facts;

    meta.sample_rate_assumed = true;
    ck_assert_int_eq(tc_model_new(&model, tc_model_architecture(stated), &meta,
                                  tc_model_parameters(stated), NULL),
                     TC_OK);
    save(model);
    ck_assert_int_eq(tc_model_load_facts(&copy, path, &facts, NULL), TC_OK);
    assert_same_model(model, copy, true);
    ck_assert(facts.rate_assumed);
    tc_model_free(copy);
    tc_model_free(model);
    tc_model_free(stated);
}
END_TEST

/* Files must not depend on when or where they are made. */
START_TEST(saving_again_gives_the_same_bytes)
{
    struct tc_model *model = sample_model(TC_CELL_LSTM, 2, 1);
    unsigned char *first, *second;
    size_t first_size, second_size;

    save(model);
    tc_model_free(model);
    read_file(&first, &first_size);
    model = load();
    save(model);
    read_file(&second, &second_size);
    ck_assert_uint_eq(first_size, second_size);
    ck_assert_mem_eq(first, second, first_size);
    tc_model_free(model);
    free(first);
    free(second);
}
END_TEST

/* The same program repeats its own self-test far more exactly than the tolerance for others. */
START_TEST(stored_self_test_differs_by_rounding_only)
{
    struct tc_model *const model = sample_model((enum tc_cell)_i, 2, 2);
    struct tc_selftest_worst worst;
    struct tc_safetensors file;
    unsigned char *bytes;
    float *input, *output;
    size_t size;

    save(model);
    read_file(&bytes, &size);
    ck_assert_int_eq(tc_safetensors_read(&file, bytes, size, NULL), TC_OK);
    input = malloc(2048 * 4 * sizeof *input);
    output = malloc(2048 * 2 * sizeof *output);
    ck_assert_uint_eq(tc_safetensors_find(&file, "selftest.input")->count, 2048 * 4);
    ck_assert_uint_eq(tc_safetensors_find(&file, "selftest.output")->count, 2048 * 2);
    tc_safetensor_floats(tc_safetensors_find(&file, "selftest.input"), input, NULL);
    tc_safetensor_floats(tc_safetensors_find(&file, "selftest.output"), output, NULL);
    ck_assert_int_eq(tc_selftest_compare(model, 2048, input, output, &worst, NULL), TC_OK);
    ck_assert_double_le(worst.difference, 2e-6);
    output[2 * 700 + 1] += 0.01f;
    ck_assert_int_eq(tc_selftest_compare(model, 2048, input, output, &worst, NULL), TC_OK);
    ck_assert_uint_eq(worst.frame, 700);
    ck_assert_uint_eq(worst.output, 1);
    tc_safetensors_free(&file);
    tc_model_free(model);
    free(input);
    free(output);
    free(bytes);
}
END_TEST

/* ------------------------------------------------------------------------- damage */

/** A complete small file: two knobs, a direct path and a self-test of 5 frames. */
static unsigned char *small_file(size_t *size)
{
    enum { FRAMES = 5 };
    struct tc_model *const model = sample_model(TC_CELL_GRU, 1, 1);
    struct tc_safetensor_values list[TC_MAX_TENSORS];
    float input[FRAMES * 3], output[FRAMES * 2];
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);
    struct tc_safetensors file;
    unsigned char *whole, *bytes;
    size_t whole_size;

    save(model);
    read_file(&whole, &whole_size);
    ck_assert_int_eq(tc_safetensors_read(&file, whole, whole_size, NULL), TC_OK);
    for (unsigned i = 0; i < n; ++i) {
        const struct tc_safetensor *const t = tc_safetensors_find(&file, tensors[i].name);

        list[i] =
            (struct tc_safetensor_values){.name = tensors[i].name,
                                          .dims = t->dims,
                                          .shape = {tensors[i].rows, tensors[i].cols},
                                          .values = tc_model_parameters(model) + tensors[i].offset};
    }
    tc_selftest_signal(model, FRAMES, input);
    ck_assert_int_eq(tc_selftest_run(model, FRAMES, input, output, NULL), TC_OK);
    list[n] = (struct tc_safetensor_values){
        .name = "selftest.input", .dims = 2, .shape = {FRAMES, 3}, .values = input};
    list[n + 1] = (struct tc_safetensor_values){
        .name = "selftest.output", .dims = 2, .shape = {FRAMES, 2}, .values = output};
    ck_assert_int_eq(tc_safetensors_write(&bytes, size,
                                          json_object_get(file.header, "__metadata__"), list, n + 2,
                                          NULL),
                     TC_OK);
    tc_safetensors_free(&file);
    tc_model_free(model);
    free(whole);
    return bytes;
}

START_TEST(truncated_file_is_refused)
{
    size_t size;
    unsigned char *const bytes = small_file(&size);
    struct tc_model *model = NULL;

    ck_assert_int_eq(tc_model_read(&model, bytes, size, NULL), TC_OK);
    tc_model_free(model);
    model = NULL;
    for (size_t cut = 0; cut < size; ++cut) {
        unsigned char *const part = malloc(cut + 1); /* no larger: a read beyond is detected */
        struct tc_error error = {""};

        memcpy(part, bytes, cut);
        ck_assert_int_eq(tc_model_read(&model, part, cut, &error), TC_BAD_FORMAT);
        ck_assert_ptr_null(model);
        ck_assert_msg(error.message[0] != '\0', "no message at %zu bytes", cut);
        free(part);
    }
    free(bytes);
}
END_TEST

/* A flipped bit may change a text, or a number by less than the tolerance; what is read is a
 * model. */
START_TEST(flipped_bits_are_refused_or_give_a_valid_model)
{
    size_t size;
    unsigned char *const bytes = small_file(&size);
    unsigned refused = 0;

    for (size_t i = 0; i < size; ++i)
        for (unsigned bit = 0; bit < 9; ++bit) {
            const unsigned char flip = bit < 8 ? (unsigned char)(1 << bit) : 0xff;
            struct tc_model *model = NULL;
            struct tc_error error = {""};

            bytes[i] ^= flip;
            if (tc_model_read(&model, bytes, size, &error) == TC_OK)
                ck_assert_ptr_nonnull(model);
            else {
                ck_assert_ptr_null(model);
                ck_assert_msg(error.message[0] != '\0', "no message for byte %zu", i);
                for (const char *c = error.message; *c; ++c)
                    ck_assert_msg((unsigned char)*c >= ' ', "control character in '%s'",
                                  error.message);
                ++refused;
            }
            tc_model_free(model);
            bytes[i] ^= flip;
        }
    ck_assert_uint_gt(refused, 4 * size);
    free(bytes);
}
END_TEST

/* ------------------------------------------------------------------------- memory, files */

/* Our own allocations only: jansson's parser loses characters of a token, and may even abort,
 * when its buffer cannot grow. */
START_TEST(failing_allocations_while_reading_give_no_model)
{
    struct tc_model *model = NULL;
    size_t size;
    unsigned char *const bytes = small_file(&size);
    bool failed;
    long i = -1;

    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_model_read(&model, bytes, size, NULL));
        ck_assert(failed == !model);
    } while (failed);
    ck_assert_int_ge(i, 7);
    tc_model_free(model);
    free(bytes);
}
END_TEST

/* Those of jansson, too: it must not write an incomplete header. */
START_TEST(failing_allocations_while_saving_keep_the_old_file)
{
    struct tc_model *const model = sample_model(TC_CELL_LSTM, 2, 2);
    struct stat st;
    bool failed;
    long i = -1;

    json_set_alloc_funcs(malloc, free);
    ck_assert_int_eq(tc_file_replace(path, "old", 3, 0644, NULL), TC_OK);
    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_model_save(model, path, NULL));
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert(failed == (st.st_size == 3));
    } while (failed);
    ck_assert_int_gt(i, 300);
    ck_assert_uint_eq(temp_folder_names(), 1);
    tc_model_free(model);
}
END_TEST

START_TEST(missing_empty_and_large_files_are_refused)
{
    struct tc_error error;
    struct tc_model *model;
    unsigned char *large;

    ck_assert_int_eq(tc_model_load(&model, "none", &error), TC_IO);
    ck_assert_str_eq(error.message, "cannot open: No such file or directory");
    ck_assert_int_eq(tc_model_load(&model, ".", &error), TC_IO);
    ck_assert_str_eq(error.message, "is a folder, expected a file");
    ck_assert_int_eq(tc_model_load(&model, "/dev/null", &error), TC_BAD_FORMAT);
    ck_assert_str_eq(error.message, "the file is empty");
    ck_assert_int_eq(tc_model_load(&model, "/dev/zero", &error), TC_TOO_LARGE);
    ck_assert_str_eq(error.message, "file has more than the 134217728 bytes allowed");
    large = calloc(1, (128 << 20) + 1);
    ck_assert_int_eq(tc_model_read(&model, large, (128 << 20) + 1, &error), TC_TOO_LARGE);
    free(large);
}
END_TEST

/* Other texts could not be saved, so the model is refused when it is created. */
START_TEST(texts_must_be_utf8)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"H\303\266he \342\202\254 \360\237\216\270", true},
        {"\302\240\337\277\340\240\200\357\277\277\360\220\200\200\364\217\277\277", true},
        {"\302\233", false},         /* U+009B, which begins commands of a terminal */
        {"\342\200\256", false},     /* U+202E, which turns the direction */
        {"\342\201\246", false},     /* U+2066, as well */
        {"H\366he", false},          /* Latin-1 */
        {"\303", false},             /* cut off */
        {"\342\202", false},         /* cut off */
        {"\303 ", false},            /* goes on with something else */
        {"\266", false},             /* begins in the middle */
        {"\301\277", false},         /* longer than needed */
        {"\340\237\277", false},     /* longer than needed */
        {"\360\217\277\277", false}, /* longer than needed */
        {"\355\240\200", false},     /* half of a pair */
        {"\364\220\200\200", false}, /* beyond the last character */
        {"\370\210\200\200", false}, /* begins with no character's byte */
    };
    struct tc_model *const model = sample_model(TC_CELL_RNN, 1, 1);
    struct tc_metadata meta = *tc_model_metadata(model);
    char *const texts[] = {meta.name, meta.author, meta.licence, meta.knob[0].name};

    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; ++t)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
            struct tc_model *made = NULL;
            enum tc_status status;

            strcpy(texts[t], cases[i].text);
            status = tc_model_new(&made, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), NULL);
            ck_assert_msg(status == (cases[i].good ? TC_OK : TC_BAD_VALUE), "text %zu, case %zu", t,
                          i);
            if (made)
                assert_round_trip(made);
            strcpy(texts[t], "x");
        }
    tc_model_free(model);
}
END_TEST

START_TEST(training_record_and_unit_must_be_utf8)
{
    struct tc_model *const model = sample_model(TC_CELL_RNN, 1, 1);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *made = NULL;
    struct tc_error error;

    meta.training = "{\"name\": \"H\366he\"}";
    ck_assert_int_eq(tc_model_new(&made, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), &error),
                     TC_BAD_VALUE);
    ck_assert_str_eq(error.message, "the record of the training is not UTF-8");
    meta.training = NULL;
    strcpy(meta.knob[0].unit, "\265s");
    ck_assert_int_eq(tc_model_new(&made, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), &error),
                     TC_BAD_VALUE);
    ck_assert_str_eq(error.message, "knob Drive 0 has a unit that is not printable UTF-8");
    tc_model_free(model);
}
END_TEST

/* A file that cannot be read again is worse than none. */
START_TEST(model_too_large_to_load_is_not_saved)
{
    struct tc_model *const model = sample_model(TC_CELL_RNN, 1, 1);
    struct tc_metadata meta = *tc_model_metadata(model);
    char *const record = support_zeros(TC_SAFETENSORS_HEADER + 1, 1);
    struct tc_model *wordy;
    struct tc_error error;

    memset(record, 'x', TC_SAFETENSORS_HEADER);
    meta.training = record;
    ck_assert_int_eq(
        tc_model_new(&wordy, tc_model_architecture(model), &meta, tc_model_parameters(model), NULL),
        TC_OK);
    ck_assert_int_eq(tc_model_save(wordy, path, &error), TC_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(error.message, "at most 4194304 are read"));
    ck_assert_uint_eq(temp_folder_names(), 0);
    tc_model_free(wordy);
    free(record);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("native");

    tcase_add_checked_fixture(tests, temp_folder_enter, temp_folder_leave);
    tcase_add_loop_test(tests, saved_model_loads_bit_identical, 0, 9 * TC_CELLS);
    tcase_add_loop_test(tests, every_architecture_loads_bit_identical, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, assumed_sample_rate_stays_assumed);
    tcase_add_test(tests, saving_again_gives_the_same_bytes);
    tcase_add_loop_test(tests, stored_self_test_differs_by_rounding_only, 0, TC_CELLS);
    tcase_add_test(tests, truncated_file_is_refused);
    tcase_add_test(tests, flipped_bits_are_refused_or_give_a_valid_model);
    tcase_add_test(tests, failing_allocations_while_reading_give_no_model);
    tcase_add_test(tests, failing_allocations_while_saving_keep_the_old_file);
    tcase_add_test(tests, missing_empty_and_large_files_are_refused);
    tcase_add_test(tests, texts_must_be_utf8);
    tcase_add_test(tests, training_record_and_unit_must_be_utf8);
    tcase_add_test(tests, model_too_large_to_load_is_not_saved);
    return support_run(tests, "native");
}
