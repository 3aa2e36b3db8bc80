/** @file
 *  Writes native model files. */
#include "formats/metadata.h"
#include "formats/native.h"
#include "formats/safetensors.h"
#include "formats/selftest.h"

#include <stdlib.h>

enum { MAX_TENSORS = TC_MAX_TENSORS + 2 + TC_NATIVE_MAX_EXTRA };

/** List the network's tensors, then the self-test's. Returns how many. */
static size_t list_tensors(const struct tc_model *model, const struct tc_tensor *tensors,
                           unsigned n, const float *input, const float *output,
                           struct tc_safetensor_values *list)
{
    const float *const parameters = tc_model_parameters(model);
    struct tc_safetensor_values *next = list;

    for (unsigned i = 0; i < n; ++i)
        *next++ = (struct tc_safetensor_values){.name = tensors[i].name,
                                                .dims = tc_native_dims(&tensors[i]),
                                                .shape = {tensors[i].rows, tensors[i].cols},
                                                .values = parameters + tensors[i].offset};
    *next++ =
        (struct tc_safetensor_values){.name = TC_SELFTEST_INPUT,
                                      .dims = 2,
                                      .shape = {TC_SELFTEST_FRAMES, tc_selftest_inputs(model)},
                                      .values = input};
    *next++ = (struct tc_safetensor_values){
        .name = TC_SELFTEST_OUTPUT,
        .dims = 2,
        .shape = {TC_SELFTEST_FRAMES, tc_model_architecture(model)->outputs},
        .values = output};
    return (size_t)(next - list);
}

/** `signals` is scratch memory for the self-test's input and output. */
static enum tc_status write_model(const struct tc_model *model, float *signals,
                                  const struct tc_safetensor_values *extra, size_t n_extra,
                                  unsigned char **bytes, size_t *size, struct tc_error *error)
{
    float *const output = signals + TC_SELFTEST_FRAMES * tc_selftest_inputs(model);
    struct tc_safetensor_values list[MAX_TENSORS];
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);
    json_t *metadata;
    size_t n_list;
    enum tc_status status;

    tc_selftest_signal(model, TC_SELFTEST_FRAMES, signals);
    status = tc_selftest_run(model, TC_SELFTEST_FRAMES, signals, output, error);
    if (status == TC_OK)
        status = tc_metadata_to_json(model, &metadata, error);
    if (status)
        return status;
    n_list = list_tensors(model, tensors, n, signals, output, list);
    for (size_t i = 0; i < n_extra; ++i)
        list[n_list++] = extra[i];
    status = tc_safetensors_write(bytes, size, metadata, list, n_list, error);
    json_decref(metadata);
    return status;
}

enum tc_status tc_native_write(const struct tc_model *model,
                               const struct tc_safetensor_values *extra, size_t n_extra,
                               unsigned char **bytes, size_t *size, struct tc_error *error)
{
    const size_t values = tc_selftest_inputs(model) + tc_model_architecture(model)->outputs;
    float *const signals = malloc(TC_SELFTEST_FRAMES * values * sizeof *signals);
    enum tc_status status;

    if (!signals)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the self-test");
    status = write_model(model, signals, extra, n_extra, bytes, size, error);
    free(signals);
    return status;
}

enum tc_status tc_model_save_bytes(const struct tc_model *model, unsigned char **bytes,
                                   size_t *size, struct tc_error *error)
{
    return tc_native_write(model, NULL, 0, bytes, size, error);
}

enum tc_status tc_model_save(const struct tc_model *model, const char *path, struct tc_error *error)
{
    unsigned char *bytes;
    size_t size;
    enum tc_status status = tc_model_save_bytes(model, &bytes, &size, error);

    if (status)
        return status;
    status = tc_file_replace(path, bytes, size, 0644, error);
    free(bytes);
    return status;
}
