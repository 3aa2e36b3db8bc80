/** @file
 *  The safetensors container: named tensors after a JSON header.
 *
 *      N (8 bytes, little-endian)   header (N bytes of JSON)   data
 *      header: name -> {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": texts
 *
 *  From: huggingface/safetensors, README "Format". */
#ifndef TC_SAFETENSORS_H
#define TC_SAFETENSORS_H

#include "tonecell.h"

#include <jansson.h>

enum {
    TC_SAFETENSORS_DIMS = 8,
    TC_SAFETENSORS_HEADER = 4 << 20 /* maximum bytes; parsed, it may take a hundred times as much */
};

/** The header's key of the metadata. */
#define TC_SAFETENSORS_METADATA "__metadata__"

/** A tensor in a file that was read. */
struct tc_safetensor {
    const char *name, *dtype; /* "F32" */
    unsigned dims;
    size_t shape[TC_SAFETENSORS_DIMS];
    size_t count;               /* of values: the product of the shape */
    const unsigned char *bytes; /* little-endian, row-major */
    size_t size;                /* of bytes */
};

/** A file that was read. It owns the names; the tensors' bytes belong to the caller. */
struct tc_safetensors {
    struct tc_safetensor *tensor; /* sorted by offset */
    size_t n_tensors;
    json_t *header;
};

/** Read a container: every size, offset and key is checked, and tensors must cover
 *  all bytes after the header.
 *  `bytes` must outlive `file`. Errors: TC_BAD_FORMAT, TC_TOO_LARGE, TC_NO_MEMORY. */
enum tc_status tc_safetensors_read(struct tc_safetensors *file, const unsigned char *bytes,
                                   size_t size, struct tc_error *error);
void tc_safetensors_free(struct tc_safetensors *file);

/** The tensor of that name, or NULL. */
const struct tc_safetensor *tc_safetensors_find(const struct tc_safetensors *file,
                                                const char *name);

/** The text of a key in the metadata, or NULL. */
const char *tc_safetensors_text(const struct tc_safetensors *file, const char *key);

/** Convert F32, F16, BF16 or F64 to `tensor->count` floats. Errors: TC_UNSUPPORTED for another
 *  type, TC_BAD_VALUE for a value that is NaN or infinite (as a float). */
enum tc_status tc_safetensor_floats(const struct tc_safetensor *tensor, float *values,
                                    struct tc_error *error);

/** Values in memory: float, double or uint64_t. */
enum tc_safetensor_type { TC_SAFETENSOR_F32, TC_SAFETENSOR_F64, TC_SAFETENSOR_U64 };

/** Copy the values of a tensor, which must have `count` of a type and be called `name`. Doubles may
 *  be NaN. Errors: TC_BAD_FORMAT (missing, another type or number), TC_BAD_VALUE (a float that is
 *  NaN or infinite). */
enum tc_status tc_safetensors_values(const struct tc_safetensors *file, const char *name,
                                     enum tc_safetensor_type type, size_t count, void *values,
                                     struct tc_error *error);

/** Storage for a shape in a message. */
struct tc_shape_text {
    char text[24 * TC_SAFETENSORS_DIMS];
};

/** "128 x 33"; "a single value" without dimensions. */
const char *tc_shape_show(struct tc_shape_text *shown, const size_t *shape, unsigned dims);

/** A tensor to be written, row-major. */
struct tc_safetensor_values {
    const char *name;
    enum tc_safetensor_type type;
    unsigned dims;
    size_t shape[2];
    const void *values;
};

/** How many values a tensor to be written has. */
static inline size_t tc_safetensor_count(const struct tc_safetensor_values *tensor)
{
    return tensor->dims == 2 ? tensor->shape[0] * tensor->shape[1] : tensor->shape[0];
}

/** The name of a type in files: "F32". */
const char *tc_safetensor_dtype(enum tc_safetensor_type type);

/** Write a container into memory that the caller frees. Data are aligned to 8 bytes.
 *
 *  metadata  an object of strings; may be NULL
 *
 *  Errors: TC_TOO_LARGE for a header larger than is read, TC_NO_MEMORY. */
enum tc_status tc_safetensors_write(unsigned char **bytes, size_t *size, json_t *metadata,
                                    const struct tc_safetensor_values *tensors, size_t n_tensors,
                                    struct tc_error *error);

#endif
