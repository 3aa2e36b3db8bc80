/** @file
 *  What reader and writer of native model files share: a safetensors file of the tensors of
 *  tc_architecture_tensors(), the two signals of a self-test, and the metadata of metadata.h. */
#ifndef TC_NATIVE_H
#define TC_NATIVE_H

#include "formats/safetensors.h"
#include "tonecell.h"

#include <string.h>

/* Names of the self-test's tensors, (frames, values) each. */
#define TC_SELFTEST_INPUT "selftest.input"
#define TC_SELFTEST_OUTPUT "selftest.output"

/** Dimensions of a tensor in a file: two of a matrix, also if one of them is 1; one of a vector. */
static inline unsigned tc_native_dims(const struct tc_tensor *tensor)
{
    return strstr(tensor->name, ".weight") || strstr(tensor->name, ".peephole") ? 2 : 1;
}

enum { TC_NATIVE_MAX_EXTRA = 16 };

/** The bytes of a model's file, for free(), with up to TC_NATIVE_MAX_EXTRA further tensors, which
 *  readers of models ignore. Errors: as tc_model_save_bytes(). */
enum tc_status tc_native_write(const struct tc_model *model,
                               const struct tc_safetensor_values *extra, size_t n_extra,
                               unsigned char **bytes, size_t *size, struct tc_error *error);

#endif
