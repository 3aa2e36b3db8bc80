#include "formats/json.h"
#include "formats/safetensors.h"
#include "model/bytes.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned bytes;
} types[] = {[TC_SAFETENSOR_F32] = {"F32", 4},
             [TC_SAFETENSOR_F64] = {"F64", 8},
             [TC_SAFETENSOR_U64] = {"U64", 8}};

const char *tc_safetensor_dtype(enum tc_safetensor_type type)
{
    return types[type].name;
}

static size_t count_bytes(const struct tc_safetensor_values *t)
{
    return types[t->type].bytes * tc_safetensor_count(t);
}

/** The header's entry of a tensor; NULL without memory. */
static json_t *header_entry(const struct tc_safetensor_values *t, size_t begin)
{
    const json_int_t end = (json_int_t)(begin + count_bytes(t));
    json_t *const shape = json_array();

    for (unsigned i = 0; shape && i < t->dims; ++i)
        if (json_array_append_new(shape, json_integer((json_int_t)t->shape[i])) != 0) {
            json_decref(shape);
            return NULL;
        }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", types[t->type].name, "shape", shape,
                     "data_offsets", (json_int_t)begin, end);
}

/** The header's text; NULL without memory. */
static char *header_text(json_t *metadata, const struct tc_safetensor_values *tensors,
                         size_t n_tensors)
{
    json_t *const header = json_object();
    bool ok =
        header && (!metadata || json_object_set(header, TC_SAFETENSORS_METADATA, metadata) == 0);
    size_t begin = 0;
    char *text = NULL;

    for (size_t i = 0; ok && i < n_tensors; ++i) {
        ok = json_object_set_new(header, tensors[i].name, header_entry(&tensors[i], begin)) == 0;
        begin += count_bytes(&tensors[i]);
    }
    if (ok)
        text = tc_json_dump(header, JSON_COMPACT);
    json_decref(header);
    return text;
}

static void put_values(unsigned char *bytes, const struct tc_safetensor_values *t)
{
    const size_t n = tc_safetensor_count(t), size = types[t->type].bytes;

    for (size_t i = 0; i < n; ++i, bytes += size)
        switch (t->type) {
        case TC_SAFETENSOR_F32:
            tc_put_le_float(bytes, ((const float *)t->values)[i]);
            break;
        case TC_SAFETENSOR_F64:
            tc_put_le_double(bytes, ((const double *)t->values)[i]);
            break;
        case TC_SAFETENSOR_U64:
            tc_put_le(bytes, ((const uint64_t *)t->values)[i], 8);
            break;
        }
}

static void put_tensors(unsigned char *bytes, const struct tc_safetensor_values *tensors,
                        size_t n_tensors)
{
    for (size_t i = 0; i < n_tensors; bytes += count_bytes(&tensors[i]), ++i)
        put_values(bytes, &tensors[i]);
}

enum tc_status tc_safetensors_write(unsigned char **bytes, size_t *size, json_t *metadata,
                                    const struct tc_safetensor_values *tensors, size_t n_tensors,
                                    struct tc_error *error)
{
    char *const header = header_text(metadata, tensors, n_tensors);
    const size_t length = header ? strlen(header) : 0, padded = (length + 7) / 8 * 8;
    unsigned char *file;
    size_t total = 8 + padded;

    for (size_t i = 0; i < n_tensors; ++i)
        total += count_bytes(&tensors[i]);
    if (padded > TC_SAFETENSORS_HEADER) {
        free(header);
        return tc_fail(error, TC_TOO_LARGE, "the header would have %zu bytes, at most %d are read",
                       padded, TC_SAFETENSORS_HEADER);
    }
    file = header ? malloc(total) : NULL;
    if (!file) {
        free(header);
        return tc_fail(error, TC_NO_MEMORY, "no memory to write %zu tensors", n_tensors);
    }
    tc_put_le(file, padded, 8);
    memset(file + 8, ' ', padded);
    memcpy(file + 8, header, length);
    put_tensors(file + 8 + padded, tensors, n_tensors);
    free(header);
    *bytes = file;
    *size = total;
    return TC_OK;
}
