#include "tests/support/failing_malloc.h"
#include "model/bytes.h"
#include "model/model.h"
#include "tests/support/sample_model.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static const struct tc_plugin_identity identity = {"valve_7", 0x123456, 0xffffff};

/** The image of a model in memory of exactly its size, so that a step beyond it is caught. */
static unsigned char *image_of(const struct tc_model *model, size_t *size)
{
    unsigned char *const bytes = malloc(*size = tc_image_size(model));

    tc_image_write(model, &identity, bytes);
    return bytes;
}

/** A model's image of the given kind. */
static unsigned char *sample_image(enum tc_cell cell, unsigned layers, unsigned knobs, size_t *size)
{
    struct tc_model *const model = sample_model(cell, layers, knobs);
    unsigned char *const bytes = image_of(model, size);

    tc_model_free(model);
    return bytes;
}

/* _i counts through all cells, 3 depths and 0 to 2 knobs. */
START_TEST(written_image_is_read_back)
{
    struct tc_model *const model =
        sample_model((enum tc_cell)(_i % TC_CELLS), 1 + (unsigned)_i / TC_CELLS % 3,
                     (unsigned)_i / TC_CELLS / 3);
    struct tc_plugin_identity found;
    struct tc_model *copy;
    struct tc_error error;
    size_t size;
    unsigned char *const bytes = image_of(model, &size);
    unsigned char *const shifted = malloc(size + 8);

    memset(shifted, 0xaa, size + 8);
    memcpy(shifted + 1, bytes, size);
    ck_assert_msg(tc_image_read(shifted + 1, size + 7, &copy, &found, &error) == TC_OK, "%s",
                  error.message);
    assert_same_model(model, copy, false);
    ck_assert_ptr_null(tc_model_metadata(copy)->training);
    ck_assert_str_eq(found.label, identity.label);
    ck_assert_uint_eq(found.mono_id, identity.mono_id);
    ck_assert_uint_eq(found.stereo_id, identity.stereo_id);
    tc_model_free(copy);
    tc_model_free(model);
    free(shifted);
    free(bytes);
}
END_TEST

/* An assumed rate takes version 5. */
START_TEST(assumed_sample_rate_is_read_back)
{
    struct tc_model *const model = sample_model(TC_CELL_LSTM, 1, 1);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_plugin_identity found;
    struct tc_model *assumed, *copy;
    unsigned char *bytes;
    size_t size;

    meta.sample_rate_assumed = true;
    ck_assert_int_eq(tc_model_new(&assumed, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), NULL),
                     TC_OK);
    bytes = image_of(assumed, &size);
    ck_assert_uint_eq(bytes[8], 5);
    ck_assert_int_eq(tc_image_read(bytes, size, &copy, &found, NULL), TC_OK);
    assert_same_model(assumed, copy, false);
    ck_assert(tc_model_metadata(copy)->sample_rate_assumed);
    tc_model_free(copy);
    tc_model_free(assumed);
    tc_model_free(model);
    free(bytes);
}
END_TEST

/* Older programs must refuse an image with new features by its version, not as damaged. They
 * read version 1, and know rnn, lstm and gru, four activations, linear readouts and no residual
 * connections; version 2, and know all but layer normalisation, elu and softmax in layers; or
 * version 3, and know all but symbols. */
START_TEST(new_features_need_a_newer_image_version)
{
    const struct tc_architecture *const arch = &support_networks[_i].arch;
    bool is_new = arch->readout != TC_READOUT_LINEAR || arch->residual;
    bool is_newest = arch->layer_norm;
    struct tc_model *const model = support_model(arch, 3);
    struct tc_plugin_identity found;
    struct tc_model *copy;
    size_t size;
    unsigned char *const bytes = image_of(model, &size);

    for (unsigned l = 0; l < arch->layers; ++l) {
        is_new |= arch->layer[l].cell > TC_CELL_GRU || arch->layer[l].activation > TC_IDENTITY;
        is_newest |= arch->layer[l].activation > TC_MODRELU;
    }
    ck_assert_uint_eq(bytes[8], is_newest ? 3 : is_new ? 2 : 1);
    ck_assert_int_eq(tc_image_read(bytes, size, &copy, &found, NULL), TC_OK);
    assert_same_model(model, copy, false);
    tc_model_free(copy);
    tc_model_free(model);
    free(bytes);
}
END_TEST

/* A copy with a label of any length must fit the space of the original. */
START_TEST(image_size_does_not_depend_on_the_label)
{
    struct tc_plugin_identity other = {.mono_id = 1, .stereo_id = 2}, found;
    struct tc_model *const model = sample_model(TC_CELL_GRU, 1, 1);
    struct tc_model *copy;
    size_t size;
    unsigned char *const bytes = image_of(model, &size);

    for (size_t length = 0; length < TC_LABEL_SIZE; ++length) {
        memset(other.label, 'x', length);
        other.label[length] = '\0';
        tc_image_write(model, &other, bytes);
        ck_assert_int_eq(tc_image_read(bytes, size, &copy, &found, NULL), TC_OK);
        ck_assert_str_eq(found.label, other.label);
        tc_model_free(copy);
    }
    tc_model_free(model);
    free(bytes);
}
END_TEST

/** CRC-32 bit by bit, straight from its polynomial. */
static uint32_t slow_crc(const unsigned char *bytes, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; ++i) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

/** Give an altered image the checksum that it should have. */
static void seal(unsigned char *bytes, size_t size)
{
    tc_put_le(bytes + size - 4, slow_crc(bytes, size - 4), 4);
}

/* 0xcbf43926 is the check value that every catalogue of CRCs lists. */
START_TEST(checksum_is_the_standard_crc32)
{
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_RNN, 1, 0, &size);

    ck_assert_uint_eq(slow_crc((const unsigned char *)"123456789", 9), 0xcbf43926u);
    ck_assert_uint_eq(tc_get_le(bytes + size - 4, 4), slow_crc(bytes, size - 4));
    free(bytes);
}
END_TEST

static void assert_refused(const unsigned char *bytes, size_t size, const char *message)
{
    struct tc_plugin_identity found;
    struct tc_model *model;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_image_read(bytes, size, &model, &found, &error), TC_BAD_FORMAT);
    ck_assert_msg(strstr(error.message, message) != NULL, "found '%s', expected '%s'",
                  error.message, message);
}

START_TEST(truncated_image_is_refused)
{
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_LSTM, 2, 2, &size);

    for (size_t cut = 0; cut < size; ++cut) {
        unsigned char *const part = malloc(cut + 1); /* no larger: a read beyond is detected */

        memcpy(part, bytes, cut);
        assert_refused(part, cut, cut < 24 ? "no model image found" : "but there are");
        free(part);
    }
    free(bytes);
}
END_TEST

START_TEST(flipped_bytes_are_refused)
{
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_LSTM, 2, 2, &size);

    for (size_t i = 0; i < size; ++i) {
        bytes[i] ^= 0xff;
        assert_refused(bytes, size, "model image");
        bytes[i] ^= 0xff;
    }
    free(bytes);
}
END_TEST

/* Whoever can compute a checksum can write anything into every field. A flip may well give
 * another valid model; what matters is that nothing outside the image is ever touched. */
START_TEST(wrong_fields_with_a_valid_checksum_are_safe)
{
    size_t size;
    unsigned char *const bytes = sample_image((enum tc_cell)_i, 2, 2, &size);
    unsigned refused = 0;

    for (size_t i = 20; i < size - 4; ++i)
        for (unsigned bit = 0; bit < 9; ++bit) {
            const unsigned char flip = bit < 8 ? (unsigned char)(1 << bit) : 0xff;
            struct tc_plugin_identity found;
            struct tc_model *model = NULL;

            bytes[i] ^= flip;
            seal(bytes, size);
            refused += tc_image_read(bytes, size, &model, &found, NULL) != TC_OK;
            tc_model_free(model);
            bytes[i] ^= flip;
        }
    ck_assert_uint_gt(refused, 0);
    free(bytes);
}
END_TEST

/* The same for an image that is cut anywhere, or too long, with a size field that agrees. */
START_TEST(wrong_size_with_a_valid_checksum_is_refused)
{
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_LSTM, 2, 2, &size);

    for (size_t cut = 24; cut < size + 9; ++cut) {
        unsigned char *const part = calloc(1, cut);

        memcpy(part, bytes, cut < size ? cut : size);
        tc_put_le(part + 12, cut, 8);
        seal(part, cut);
        if (cut != size)
            assert_refused(part, cut, "model image");
        free(part);
    }
    free(bytes);
}
END_TEST

START_TEST(each_error_has_its_message)
{
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_GRU, 1, 0, &size);

    tc_put_le(bytes + 8, 0, 4);
    assert_refused(bytes, size, "has version 0, this program reads 1 to 7");
    tc_put_le(bytes + 8, 8, 4);
    assert_refused(bytes, size,
                   "has version 8, this program reads 1 to 7: a newer Tonecell made it");
    tc_put_le(bytes + 8, 1, 4);
    tc_put_le(bytes + 12, (uint64_t)1 << 63, 8);
    assert_refused(bytes, size, "says it has 9223372036854775808 bytes, but there are");
    tc_put_le(bytes + 12, 3, 8);
    assert_refused(bytes, size, "says it has 3 bytes");
    tc_put_le(bytes + 12, size, 8);
    bytes[40] ^= 1;
    assert_refused(bytes, size, "checksum is wrong");
    bytes[40] ^= 1;
    tc_put_le(bytes + 20, TC_LABEL_SIZE, 4);
    seal(bytes, size);
    assert_refused(bytes, size, "damaged architecture");
    bytes[0] = 'x';
    assert_refused(bytes, size, "no model image found");
    free(bytes);
}
END_TEST

/* The image of a model, which has this version, and the model that is read from it. */
static unsigned char *written_and_read(const struct tc_model *model, unsigned version, size_t *size,
                                       struct tc_model **back)
{
    unsigned char *const bytes = image_of(model, size);
    struct tc_plugin_identity found;

    ck_assert_uint_eq(tc_get_le(bytes + 8, 4), version);
    ck_assert_int_eq(tc_image_read(bytes, *size, back, &found, NULL), TC_OK);
    return bytes;
}

START_TEST(eigenvalues_are_read_back)
{
    struct tc_model *const model = sample_model(TC_CELL_LSTM, 2, 1);
    struct tc_model *back = NULL;
    unsigned char *bytes;
    size_t size;

    model->n_eigenvalues = 2;
    model->eigenvalues = calloc(2, sizeof *model->eigenvalues);
    model->eigenvalues[1] = (struct tc_eigenvalue){0.5, -0.25};
    bytes = written_and_read(model, 5, &size, &back);
    ck_assert_uint_eq(back->n_eigenvalues, 2);
    ck_assert_double_eq(back->eigenvalues[1].real, 0.5);
    ck_assert_double_eq(back->eigenvalues[1].imaginary, -0.25);
    tc_put_le(bytes + 12, size - 1, 8);
    seal(bytes, size - 1);
    assert_refused(bytes, size - 1, "bytes of eigenvalues, expected 16");
    free(bytes);
    tc_model_free(back);
    tc_model_free(model);
}
END_TEST

START_TEST(delay_sensitivity_is_read_back)
{
    struct tc_model *const model = sample_model(TC_CELL_LSTM, 2, 1);
    struct tc_model *back = NULL;
    unsigned char *bytes;
    size_t size;

    model->knows_delay_sensitivity = true;
    for (unsigned j = 0; j < TC_DELAY_BANDS; ++j)
        model->delay_sensitivity[j] = 1.0f / (float)(1 + j);
    bytes = written_and_read(model, 7, &size, &back);
    ck_assert(back->knows_delay_sensitivity);
    ck_assert_mem_eq(back->delay_sensitivity, model->delay_sensitivity,
                     sizeof model->delay_sensitivity);
    tc_put_le(bytes + size - 4 - 4 * TC_DELAY_BANDS - 4, TC_DELAY_BANDS - 1, 4);
    seal(bytes, size);
    assert_refused(bytes, size,
                   "has 63 bands of sensitivity to a delay in 256 bytes, expected 0 or");
    free(bytes);
    tc_model_free(back);
    tc_model_free(model);
}
END_TEST

/* A label that leaves no space for its final zero, in an otherwise valid image. */
START_TEST(label_of_one_byte_too_many_is_refused)
{
    struct tc_plugin_identity longest = {.mono_id = 1, .stereo_id = 2};
    struct tc_model *const model = sample_model(TC_CELL_GRU, 1, 0);
    const size_t size = tc_image_size(model);
    unsigned char *const bytes = malloc(size + 1);

    memset(longest.label, 'x', TC_LABEL_SIZE - 1);
    tc_image_write(model, &longest, bytes);
    memmove(bytes + 25, bytes + 24, size - 24);
    tc_put_le(bytes + 20, TC_LABEL_SIZE, 4);
    tc_put_le(bytes + 12, size + 1, 8);
    seal(bytes, size + 1);
    assert_refused(bytes, size + 1, "damaged architecture");
    tc_model_free(model);
    free(bytes);
}
END_TEST

START_TEST(failing_allocations_give_no_model)
{
    struct tc_plugin_identity found = {.label = "untouched"};
    struct tc_model *model = NULL;
    size_t size;
    unsigned char *const bytes = sample_image(TC_CELL_LSTM, 2, 2, &size);
    bool failed;
    long i = -1;

    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_image_read(bytes, size, &model, &found, NULL));
        ck_assert(failed == !model);
        ck_assert(failed == !strcmp(found.label, "untouched"));
    } while (failed);
    ck_assert_int_gt(i, 2);
    tc_model_free(model);
    free(bytes);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("image");

    tcase_add_loop_test(tests, written_image_is_read_back, 0, 9 * TC_CELLS);
    tcase_add_test(tests, assumed_sample_rate_is_read_back);
    tcase_add_loop_test(tests, new_features_need_a_newer_image_version, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, eigenvalues_are_read_back);
    tcase_add_test(tests, delay_sensitivity_is_read_back);
    tcase_add_test(tests, image_size_does_not_depend_on_the_label);
    tcase_add_test(tests, checksum_is_the_standard_crc32);
    tcase_add_test(tests, truncated_image_is_refused);
    tcase_add_test(tests, flipped_bytes_are_refused);
    tcase_add_loop_test(tests, wrong_fields_with_a_valid_checksum_are_safe, 0, TC_CELLS);
    tcase_add_test(tests, wrong_size_with_a_valid_checksum_is_refused);
    tcase_add_test(tests, each_error_has_its_message);
    tcase_add_test(tests, label_of_one_byte_too_many_is_refused);
    tcase_add_test(tests, failing_allocations_give_no_model);
    return support_run(tests, "image");
}
