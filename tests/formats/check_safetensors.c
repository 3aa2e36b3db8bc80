#include "formats/safetensors.h"
#include "model/bytes.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A container of a header and `n_data` bytes of data; the caller frees it. */
static unsigned char *container(const char *header, const void *data, size_t n_data, size_t *size)
{
    const size_t length = strlen(header);
    unsigned char *const bytes = malloc(8 + length + n_data);

    tc_put_le(bytes, length, 8);
    memcpy(bytes + 8, header, length);
    if (n_data > 0)
        memcpy(bytes + 8 + length, data, n_data);
    *size = 8 + length + n_data;
    return bytes;
}

static void assert_refused(const unsigned char *bytes, size_t size, enum tc_status expected,
                           const char *message)
{
    struct tc_safetensors file;
    struct tc_error error = {""};
    const enum tc_status status = tc_safetensors_read(&file, bytes, size, &error);

    ck_assert_msg(status == expected, "%s: status %d: %s", message, (int)status, error.message);
    ck_assert_msg(strstr(error.message, message) != NULL, "found '%s', expected '%s'",
                  error.message, message);
}

#define T(dtype, shape, offsets) \
    "{\"a\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

/* Each with 8 bytes of data. */
static const struct {
    const char *header;
    enum tc_status status;
    const char *message;
} refused[] = {
    {"[]", TC_BAD_FORMAT, "does not begin with '{'"},
    {"{\"a\":", TC_BAD_FORMAT, "not valid JSON: line 1"},
    {"{\"a\":1}", TC_BAD_FORMAT, "tensor 'a' has no dtype"},
    {"{\"a\":{\"dtype\":7}}", TC_BAD_FORMAT, "tensor 'a' has no dtype"},
    {"{\"a\":{\"dtype\":\"F32\"}}", TC_BAD_FORMAT, "tensor 'a' has no shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", TC_BAD_FORMAT, "no pair of data offsets"},
    {T("F32", "2", "[0,8]"), TC_BAD_FORMAT, "tensor 'a' has no shape"},
    {T("F32", "[-2]", "[0,8]"), TC_BAD_FORMAT, "dimension 0 of the shape is not a size"},
    {T("F32", "[1,2.0]", "[0,8]"), TC_BAD_FORMAT, "dimension 1 of the shape is not a size"},
    {T("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), TC_TOO_LARGE, "9 dimensions, at most 8"},
    {T("F32", "[4294967296,4294967296]", "[0,8]"), TC_TOO_LARGE, "the shape overflows"},
    {T("F32", "[9223372036854775807]", "[0,8]"), TC_TOO_LARGE, "the shape overflows"},
    {T("U8", "[9223372036854775808]", "[0,8]"), TC_BAD_FORMAT, "not valid JSON"},
    {T("F32", "[4611686018427387904,2]", "[0,8]"), TC_TOO_LARGE, "the shape overflows"},
    {T("F32", "[2]", "[0]"), TC_BAD_FORMAT, "no pair of data offsets"},
    {T("F32", "[2]", "[0,8,8]"), TC_BAD_FORMAT, "no pair of data offsets"},
    {T("F32", "[2]", "[-1,7]"), TC_BAD_FORMAT, "no pair of data offsets"},
    {T("F32", "[2]", "[8,0]"), TC_BAD_FORMAT, "lies at bytes 8 to 0"},
    {T("F32", "[2]", "[0,9]"), TC_BAD_FORMAT, "the file has 8 bytes of data"},
    {T("F32", "[2]", "[9223372036854775800,9223372036854775807]"), TC_BAD_FORMAT,
     "lies at bytes 9223372036854775800 to 9223372036854775807"},
    {T("F32", "[3]", "[0,8]"), TC_BAD_FORMAT, "has 8 bytes, but 3 values of type F32"},
    {T("F4", "[3]", "[0,1]"), TC_BAD_FORMAT, "has 1 bytes, but 3 values of type F4"},
    {T("F33", "[2]", "[0,8]"), TC_UNSUPPORTED, "unknown type 'F33'"},
    {T("F32", "[1]", "[4,8]"), TC_BAD_FORMAT, "a hole of 4 bytes before tensor 'a'"},
    {T("F32", "[1]", "[0,4]"), TC_BAD_FORMAT, "4 bytes after the last tensor"},
    {"{}", TC_BAD_FORMAT, "8 bytes after the last tensor"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
     TC_BAD_FORMAT, "tensor 'b' begins at byte 0, inside the one before, which ends at 4"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
     TC_BAD_FORMAT, "duplicate object key"},
    {"{\"__metadata__\":[]}", TC_BAD_FORMAT, "__metadata__ is an array, expected an object"},
    {"{\"__metadata__\":{\"k\":1}}", TC_BAD_FORMAT, "'k' is an integer, expected a string"},
    {"{\"evil\\nname\":1}", TC_BAD_FORMAT, "tensor 'evil?name' has no dtype"},
};

START_TEST(each_violation_has_its_message)
{
    const unsigned char data[8] = {0};
    size_t size;
    unsigned char *const bytes = container(refused[_i].header, data, sizeof data, &size);

    assert_refused(bytes, size, refused[_i].status, refused[_i].message);
    free(bytes);
}
END_TEST

START_TEST(header_length_is_checked)
{
    unsigned char *const bytes = calloc(1, TC_SAFETENSORS_HEADER + 64);

    assert_refused(bytes, 0, TC_BAD_FORMAT, "too few for a header");
    assert_refused(bytes, 9, TC_BAD_FORMAT, "it has 9 bytes");
    assert_refused(bytes, 10, TC_BAD_FORMAT, "does not begin with '{'");
    tc_put_le(bytes, 3, 8);
    assert_refused(bytes, 10, TC_BAD_FORMAT, "the header should have 3 bytes, but 2 follow");
    for (unsigned bit = 31; bit < 64; ++bit) {
        tc_put_le(bytes, (uint64_t)1 << bit, 8);
        assert_refused(bytes, 64, TC_BAD_FORMAT, "cut off");
    }
    tc_put_le(bytes, UINT64_MAX, 8);
    assert_refused(bytes, 64, TC_BAD_FORMAT, "18446744073709551615 bytes");
    tc_put_le(bytes, TC_SAFETENSORS_HEADER + 1, 8);
    assert_refused(bytes, TC_SAFETENSORS_HEADER + 64, TC_TOO_LARGE, "at most 4194304 are read");
    free(bytes);
}
END_TEST

/* Brackets within strings do not count, also after an escaped quote. */
START_TEST(nesting_depth_is_limited)
{
    static const char quoted[] =
        "{\"__metadata__\":{\"k\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\"}}";
    enum { DEEP = 1000000 };
    char *const header = malloc(DEEP + 1);
    struct tc_safetensors file;
    struct tc_error error;
    unsigned char *bytes;
    size_t size;

    memset(header, '[', DEEP);
    memcpy(header, "{\"a\":", 5);
    header[DEEP] = '\0';
    bytes = container(header, NULL, 0, &size);
    assert_refused(bytes, size, TC_BAD_FORMAT, "JSON nested 999996 deep, at most 32");
    free(bytes);
    free(header);

    bytes = container(quoted, NULL, 0, &size);
    ck_assert_msg(tc_safetensors_read(&file, bytes, size, &error) == TC_OK, "%s", error.message);
    tc_safetensors_free(&file);
    free(bytes);
}
END_TEST

/* Arrays in any order, empty ones, a scalar, padding after the header, unknown keys. */
START_TEST(unusual_but_valid_files_are_read)
{
    static const char header[] =
        "{\"late\":{\"dtype\":\"U8\",\"shape\":[2,2],\"data_offsets\":[4,8],\"more\":null},"
        "\"none\":{\"dtype\":\"F64\",\"shape\":[7,0],\"data_offsets\":[4,4]},"
        "\"__metadata__\":{\"key\":\"value\"},"
        "\"one\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}    ";
    unsigned char data[8] = {0, 0, 0x80, 0x3f, 1, 2, 3, 4};
    const struct tc_safetensor *t;
    struct tc_safetensors file;
    struct tc_error error;
    float value;
    size_t size;
    unsigned char *const bytes = container(header, data, sizeof data, &size);

    ck_assert_msg(tc_safetensors_read(&file, bytes, size, &error) == TC_OK, "%s", error.message);
    ck_assert_uint_eq(file.n_tensors, 3);
    ck_assert_str_eq(tc_safetensors_text(&file, "key"), "value");
    ck_assert_ptr_null(tc_safetensors_text(&file, "one"));
    t = tc_safetensors_find(&file, "one");
    ck_assert_uint_eq(t->dims, 0);
    ck_assert_uint_eq(t->count, 1);
    ck_assert_int_eq(tc_safetensor_floats(t, &value, &error), TC_OK);
    ck_assert_float_eq(value, 1.0f);
    ck_assert_uint_eq(tc_safetensors_find(&file, "none")->count, 0);
    t = tc_safetensors_find(&file, "late");
    ck_assert_uint_eq(t->shape[1], 2);
    ck_assert_uint_eq(t->bytes[3], 4);
    ck_assert_int_eq(tc_safetensor_floats(t, &value, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message,
                     "tensor 'late' has values of type U8, expected F32, F16, BF16 or F64");
    ck_assert_ptr_null(tc_safetensors_find(&file, "__metadata__"));
    tc_safetensors_free(&file);
    free(bytes);
}
END_TEST

/* Bits of the same numbers in each type, from the definitions in IEEE 754. */
static const struct {
    const char *dtype;
    unsigned size;
    uint64_t bits;
    double value;
} numbers[] = {
    {"F32", 4, 0x3dcccccd, 0.1f},
    {"F16", 2, 0x3c00, 1.0},
    {"F16", 2, 0xc400, -4.0},
    {"F16", 2, 0x3555, 0x1.554p-2},
    {"F16", 2, 0x7bff, 65504.0},
    {"F16", 2, 0x0001, 0x1p-24},
    {"F16", 2, 0x03ff, 1023 * 0x1p-24},
    {"F16", 2, 0x0400, 0x1p-14},
    {"F16", 2, 0x8000, -0.0},
    {"F16", 2, 0x7c00, INFINITY},
    {"F16", 2, 0xfe00, NAN},
    {"BF16", 2, 0x3f80, 1.0},
    {"BF16", 2, 0xc049, -3.140625},
    {"BF16", 2, 0x7f80, INFINITY},
    {"F64", 8, 0x3fb999999999999a, 0.1f},
    {"F64", 8, 0x7e37e43c8800759c, INFINITY}, /* 1e300 */
    {"F64", 8, 0x7ff8000000000000, NAN},
};

START_TEST(number_types_become_floats)
{
    unsigned char data[8];
    const struct tc_safetensor t = {.name = "t",
                                    .dtype = numbers[_i].dtype,
                                    .count = 1,
                                    .bytes = data,
                                    .size = numbers[_i].size};
    const double expected = numbers[_i].value;
    struct tc_error error;
    float value;

    tc_put_le(data, numbers[_i].bits, numbers[_i].size);
    ck_assert_int_eq(tc_safetensor_floats(&t, &value, &error),
                     isfinite(expected) ? TC_OK : TC_BAD_VALUE);
    if (isnan(expected))
        ck_assert_str_eq(error.message, "tensor 't': value 0 is NaN");
    else if (isinf(expected))
        ck_assert_str_eq(error.message, "tensor 't': value 0 is infinite");
    else
        ck_assert(value == expected && !signbit(value) == !signbit(expected));
}
END_TEST

START_TEST(written_file_is_read_back)
{
    const float a[6] = {1, -2, 3, 0.1f, -0.0f, 1e-40f}, b[1] = {7};
    const double c[2] = {0.1, (double)INFINITY};
    const uint64_t d[2] = {UINT64_MAX, 1};
    const struct tc_safetensor_values list[] = {
        {.name = "a", .dims = 2, .shape = {2, 3}, .values = a},
        {.name = "b", .dims = 1, .shape = {1}, .values = b},
        {.name = "c", .type = TC_SAFETENSOR_F64, .dims = 1, .shape = {2}, .values = c},
        {.name = "d", .type = TC_SAFETENSOR_U64, .dims = 1, .shape = {2}, .values = d}};
    json_t *const metadata = json_pack("{s:s}", "key", "\303\266\n");
    struct tc_safetensors file;
    unsigned char *bytes;
    float values[6];
    double doubles[2];
    uint64_t counts[2];
    size_t size;

    ck_assert_int_eq(tc_safetensors_write(&bytes, &size, metadata, list, 4, NULL), TC_OK);
    json_decref(metadata);
    ck_assert_uint_eq(tc_get_le(bytes, 8) % 8, 0);
    ck_assert_int_eq(tc_safetensors_read(&file, bytes, size, NULL), TC_OK);
    ck_assert_str_eq(tc_safetensors_text(&file, "key"), "\303\266\n");
    ck_assert_int_eq(tc_safetensor_floats(tc_safetensors_find(&file, "a"), values, NULL), TC_OK);
    ck_assert_mem_eq(values, a, sizeof a);
    ck_assert_int_eq(tc_safetensor_floats(tc_safetensors_find(&file, "b"), values, NULL), TC_OK);
    ck_assert_mem_eq(values, b, sizeof b);
    ck_assert_int_eq(tc_safetensors_values(&file, "c", TC_SAFETENSOR_F64, 2, doubles, NULL), TC_OK);
    ck_assert_mem_eq(doubles, c, sizeof c);
    ck_assert_int_eq(tc_safetensors_values(&file, "d", TC_SAFETENSOR_U64, 2, counts, NULL), TC_OK);
    ck_assert_mem_eq(counts, d, sizeof d);
    ck_assert_int_eq(tc_safetensors_values(&file, "d", TC_SAFETENSOR_F64, 2, doubles, NULL),
                     TC_BAD_FORMAT);
    ck_assert_int_eq(tc_safetensors_values(&file, "d", TC_SAFETENSOR_U64, 1, counts, NULL),
                     TC_BAD_FORMAT);
    tc_safetensors_free(&file);
    free(bytes);
}
END_TEST

START_TEST(shapes_are_formatted_as_text)
{
    const size_t shape[TC_SAFETENSORS_DIMS] = {128, 33, SIZE_MAX, SIZE_MAX, 1, 1, 1, SIZE_MAX};
    struct tc_shape_text text;

    ck_assert_str_eq(tc_shape_show(&text, shape, 0), "a single value");
    ck_assert_str_eq(tc_shape_show(&text, shape, 1), "128");
    ck_assert_str_eq(tc_shape_show(&text, shape, 2), "128 x 33");
    ck_assert_uint_lt(strlen(tc_shape_show(&text, shape, 8)), sizeof text);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("safetensors");

    tcase_add_loop_test(tests, each_violation_has_its_message, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, header_length_is_checked);
    tcase_add_test(tests, nesting_depth_is_limited);
    tcase_add_test(tests, unusual_but_valid_files_are_read);
    tcase_add_loop_test(tests, number_types_become_floats, 0, sizeof numbers / sizeof numbers[0]);
    tcase_add_test(tests, written_file_is_read_back);
    tcase_add_test(tests, shapes_are_formatted_as_text);
    return support_run(tests, "safetensors");
}
