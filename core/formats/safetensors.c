#include "formats/safetensors.h"

#include "formats/json.h"
#include "model/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned bits;
} dtypes[] = {
    {"F32", 32},        {"F16", 16},        {"BF16", 16},   {"F64", 64},    {"BOOL", 8},
    {"U8", 8},          {"I8", 8},          {"U16", 16},    {"I16", 16},    {"U32", 32},
    {"I32", 32},        {"U64", 64},        {"I64", 64},    {"C64", 64},    {"F4", 4},
    {"F6_E2M3", 6},     {"F6_E3M2", 6},     {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
    {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8},
};

/** Bits of a value; 0 for an unknown type. */
static unsigned dtype_bits(const char *name)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; ++i)
        if (strcmp(dtypes[i].name, name) == 0)
            return dtypes[i].bits;
    return 0;
}

/* ------------------------------------------------------------------------- one tensor */

/** A size from the header: 0 to 2^63 - 1, the range of jansson's integers. */
static bool read_size(const json_t *json, uint64_t *value)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        return false;
    *value = (uint64_t)json_integer_value(json);
    return true;
}

static enum tc_status read_shape(struct tc_safetensor *t, const json_t *json,
                                 struct tc_error *error)
{
    const size_t dims = json_array_size(json);
    uint64_t count = 1, length;

    if (!json_is_array(json))
        return tc_fail(error, TC_BAD_FORMAT, "tensor '%s' has no shape", TC_SHOWN(t->name));
    if (dims > TC_SAFETENSORS_DIMS)
        return tc_fail(error, TC_TOO_LARGE, "tensor '%s' has %zu dimensions, at most %d are read",
                       TC_SHOWN(t->name), dims, TC_SAFETENSORS_DIMS);
    for (size_t i = 0; i < dims; ++i) {
        if (!read_size(json_array_get(json, i), &length))
            return tc_fail(error, TC_BAD_FORMAT,
                           "tensor '%s': dimension %zu of the shape is not a size",
                           TC_SHOWN(t->name), i);
        if (__builtin_mul_overflow(count, length, &count) || length > SIZE_MAX || count > SIZE_MAX)
            return tc_fail(error, TC_TOO_LARGE, "tensor '%s': the shape overflows",
                           TC_SHOWN(t->name));
        t->shape[i] = (size_t)length;
    }
    t->dims = (unsigned)dims;
    t->count = (size_t)count;
    return TC_OK;
}

static enum tc_status read_offsets(struct tc_safetensor *t, const json_t *json,
                                   const unsigned char *data, size_t data_size,
                                   struct tc_error *error)
{
    uint64_t begin, end;

    if (json_array_size(json) != 2 || !read_size(json_array_get(json, 0), &begin) ||
        !read_size(json_array_get(json, 1), &end))
        return tc_fail(error, TC_BAD_FORMAT, "tensor '%s' has no pair of data offsets",
                       TC_SHOWN(t->name));
    if (begin > end || end > data_size)
        return tc_fail(error, TC_BAD_FORMAT,
                       "tensor '%s' lies at bytes %" PRIu64 " to %" PRIu64
                       ", but the file has %zu bytes of data",
                       TC_SHOWN(t->name), begin, end, data_size);
    t->bytes = data + begin;
    t->size = (size_t)(end - begin);
    return TC_OK;
}

/** Check that type, shape and number of bytes agree. */
static enum tc_status check_size(const struct tc_safetensor *t, struct tc_error *error)
{
    const unsigned bits = dtype_bits(t->dtype);
    uint64_t expected;

    if (!bits)
        return tc_fail(error, TC_UNSUPPORTED, "tensor '%s' has values of unknown type '%s'",
                       TC_SHOWN(t->name), TC_SHOWN(t->dtype));
    if (__builtin_mul_overflow((uint64_t)t->count, (uint64_t)bits, &expected))
        return tc_fail(error, TC_TOO_LARGE, "tensor '%s': the shape overflows", TC_SHOWN(t->name));
    if (expected % 8 != 0 || expected / 8 != t->size)
        return tc_fail(error, TC_BAD_FORMAT, "tensor '%s' has %zu bytes, but %zu values of type %s",
                       TC_SHOWN(t->name), t->size, t->count, t->dtype);
    return TC_OK;
}

static enum tc_status read_tensor(struct tc_safetensor *t, const char *name, const json_t *json,
                                  const unsigned char *data, size_t data_size,
                                  struct tc_error *error)
{
    enum tc_status status;

    t->name = name;
    t->dtype = json_string_value(json_object_get(json, "dtype"));
    if (!t->dtype)
        return tc_fail(error, TC_BAD_FORMAT, "tensor '%s' has no dtype", TC_SHOWN(name));
    status = read_shape(t, json_object_get(json, "shape"), error);
    if (status == TC_OK)
        status = read_offsets(t, json_object_get(json, "data_offsets"), data, data_size, error);
    return status ? status : check_size(t, error);
}

/* ------------------------------------------------------------------------- the whole file */

static int compare_offsets(const void *left, const void *right)
{
    const struct tc_safetensor *const a = left, *const b = right;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    return (a->size > b->size) - (a->size < b->size);
}

/** Tensors, sorted by offset, must cover the data from the first byte to the last. */
static enum tc_status check_offsets(const struct tc_safetensors *file, const unsigned char *data,
                                    size_t data_size, struct tc_error *error)
{
    size_t end = 0;

    for (size_t i = 0; i < file->n_tensors; ++i) {
        const struct tc_safetensor *const t = &file->tensor[i];
        const size_t begin = (size_t)(t->bytes - data);

        if (begin < end)
            return tc_fail(error, TC_BAD_FORMAT,
                           "tensor '%s' begins at byte %zu, inside the one before, which ends at "
                           "%zu",
                           TC_SHOWN(t->name), begin, end);
        if (begin > end)
            return tc_fail(error, TC_BAD_FORMAT, "there is a hole of %zu bytes before tensor '%s'",
                           begin - end, TC_SHOWN(t->name));
        end = begin + t->size;
    }
    if (end != data_size)
        return tc_fail(error, TC_BAD_FORMAT, "there are %zu bytes after the last tensor",
                       data_size - end);
    return TC_OK;
}

static enum tc_status check_metadata(const json_t *metadata, struct tc_error *error)
{
    const char *key;
    json_t *value;

    if (metadata && !json_is_object(metadata))
        return tc_fail(error, TC_BAD_FORMAT, TC_SAFETENSORS_METADATA " is %s, expected an object",
                       tc_json_kind(metadata));
    /* jansson's iteration macro takes no const object, but does not modify it. */
    json_object_foreach((json_t *)metadata, key, value)
    {
        if (!json_is_string(value))
            return tc_fail(error, TC_BAD_FORMAT,
                           TC_SAFETENSORS_METADATA ": '%s' is %s, expected a string", TC_SHOWN(key),
                           tc_json_kind(value));
    }
    return TC_OK;
}

/** Parse the header into file->header. *header_size excludes the 8 bytes of the length. */
static enum tc_status read_header(struct tc_safetensors *file, const unsigned char *bytes,
                                  size_t size, size_t *header_size, struct tc_error *error)
{
    uint64_t length;
    enum tc_status status;

    if (size < 10)
        return tc_fail(error, TC_BAD_FORMAT,
                       "not a safetensors file: it has %zu bytes, too few for a header", size);
    length = tc_get_le(bytes, 8);
    if (length > size - 8)
        return tc_fail(error, TC_BAD_FORMAT,
                       "not a safetensors file, or cut off: the header should have %" PRIu64
                       " bytes, but %zu follow",
                       length, size - 8);
    if (length > TC_SAFETENSORS_HEADER)
        return tc_fail(error, TC_TOO_LARGE, "header has %" PRIu64 " bytes, at most %d are read",
                       length, TC_SAFETENSORS_HEADER);
    if (bytes[8] != '{')
        return tc_fail(error, TC_BAD_FORMAT,
                       "not a safetensors file: the header does not begin with '{'");
    status =
        tc_json_parse(&file->header, (const char *)bytes + 8, (size_t)length, "the header", error);
    *header_size = (size_t)length;
    return status;
}

/** Read all tensors of the header, sorted by offset. */
static enum tc_status read_tensors(struct tc_safetensors *file, const unsigned char *data,
                                   size_t data_size, struct tc_error *error)
{
    enum tc_status status = TC_OK;
    const char *name;
    json_t *json;

    file->tensor = calloc(json_object_size(file->header) + 1, sizeof *file->tensor);
    if (!file->tensor)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the list of tensors");
    json_object_foreach(file->header, name, json)
    {
        if (strcmp(name, TC_SAFETENSORS_METADATA) == 0)
            continue;
        status = read_tensor(&file->tensor[file->n_tensors++], name, json, data, data_size, error);
        if (status)
            return status;
    }
    qsort(file->tensor, file->n_tensors, sizeof *file->tensor, compare_offsets);
    return check_offsets(file, data, data_size, error);
}

enum tc_status tc_safetensors_read(struct tc_safetensors *file, const unsigned char *bytes,
                                   size_t size, struct tc_error *error)
{
    size_t header_size = 0;
    enum tc_status status;

    *file = (struct tc_safetensors){0};
    status = read_header(file, bytes, size, &header_size, error);
    if (status == TC_OK)
        status = check_metadata(json_object_get(file->header, TC_SAFETENSORS_METADATA), error);
    if (status == TC_OK)
        status = read_tensors(file, bytes + 8 + header_size, size - 8 - header_size, error);
    if (status)
        tc_safetensors_free(file);
    return status;
}

void tc_safetensors_free(struct tc_safetensors *file)
{
    free(file->tensor);
    json_decref(file->header);
    *file = (struct tc_safetensors){0};
}

const struct tc_safetensor *tc_safetensors_find(const struct tc_safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->n_tensors; ++i)
        if (strcmp(file->tensor[i].name, name) == 0)
            return &file->tensor[i];
    return NULL;
}

const char *tc_safetensors_text(const struct tc_safetensors *file, const char *key)
{
    return json_string_value(
        json_object_get(json_object_get(file->header, TC_SAFETENSORS_METADATA), key));
}

const char *tc_shape_show(struct tc_shape_text *shown, const size_t *shape, unsigned dims)
{
    size_t used = 0;

    snprintf(shown->text, sizeof shown->text, "a single value");
    for (unsigned i = 0; i < dims; ++i)
        used += (size_t)snprintf(shown->text + used, sizeof shown->text - used, "%s%zu",
                                 i ? " x " : "", shape[i]);
    return shown->text;
}
