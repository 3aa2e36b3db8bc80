/** @file
 *  Models in files of our own, and in plain files of PyTorch tensors, with the same names or with
 *  others. */
#include "formats/facts.h"
#include "formats/json.h"
#include "formats/metadata.h"
#include "formats/readers/readers.h"
#include "formats/safetensors.h"
#include "formats/selftest.h"
#include "formats/readers/state_dict.h"
#include "model/cell.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char test_input[] = "selftest.input", test_output[] = "selftest.output";

/* ------------------------------------------------------------------------- shapes */

static enum tc_status wrong_shape(const struct tc_safetensor *t, const char *expected,
                                  struct tc_error *error)
{
    struct tc_shape_text found;

    return tc_fail(error, TC_BAD_SHAPE, "tensor '%s' has the shape %s, expected %s",
                   TC_SHOWN(t->name), tc_shape_show(&found, t->shape, t->dims), expected);
}

/** Matrices have two dimensions in a file, also when one of them is 1; the others have one. */
static unsigned file_dims(const struct tc_tensor *tensor)
{
    return strstr(tensor->name, ".weight") || strstr(tensor->name, ".peephole") ? 2 : 1;
}

static enum tc_status check_shape(const struct tc_safetensor *t, const struct tc_tensor *expected,
                                  struct tc_error *error)
{
    const size_t shape[2] = {expected->rows, expected->cols};
    const unsigned dims = file_dims(expected);
    struct tc_shape_text text;

    if (t->dims == dims && memcmp(t->shape, shape, dims * sizeof *shape) == 0)
        return TC_OK;
    return wrong_shape(t, tc_shape_show(&text, shape, dims), error);
}

static enum tc_status find_matrix(const struct tc_safetensors *file, const char *name,
                                  const struct tc_safetensor **found, struct tc_error *error)
{
    *found = tc_safetensors_find(file, name);
    if (!*found)
        return tc_fail(error, TC_BAD_FORMAT, "there is no tensor '%s'", name);
    if ((*found)->dims != 2 || (*found)->count == 0)
        return wrong_shape(*found, "a matrix", error);
    return TC_OK;
}

/** A size for the architecture, whose check finds it if it is too large. */
static unsigned as_unsigned(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

/* ------------------------------------------------------------------------- inference */

/** Units and cell of a layer from its recurrent matrix: it has a row per gate and unit, and a
 *  column per unit. */
static enum tc_status infer_layer(const struct tc_safetensors *file, unsigned index,
                                  struct tc_layer *layer, struct tc_error *error)
{
    const struct tc_safetensor *hh;
    char name[32];
    enum tc_status status;

    snprintf(name, sizeof name, "rec.weight_hh_l%u", index);
    status = find_matrix(file, name, &hh, error);
    if (status)
        return status;
    *layer = (struct tc_layer){.hidden = as_unsigned(hh->shape[1])};
    snprintf(name, sizeof name, "rec.peephole_l%u", index);
    if (hh->shape[0] % hh->shape[1] == 0 &&
        tc_cell_of_tensors(hh->shape[0] / hh->shape[1], tc_safetensors_find(file, name) != NULL,
                           &layer->cell))
        return TC_OK;
    return wrong_shape(hh, "1 (rnn), 3 (gru) or 4 (lstm) times as many rows as columns", error);
}

/** The direct path, which tensors do not tell of: some writers' metadata do, as `skip`. */
static enum tc_status infer_direct(const struct tc_safetensors *file, float *direct,
                                   struct tc_error *error)
{
    const char *const skip = tc_safetensors_text(file, "skip");

    *direct = skip && strcmp(skip, "0") != 0 ? 1.0f : 0.0f;
    if (*direct != 0.0f && strcmp(skip, "1") != 0)
        return tc_fail(error, TC_UNSUPPORTED, "the metadata's 'skip' is '%s', expected 0 or 1",
                       TC_SHOWN(skip));
    return TC_OK;
}

/** One audio input is assumed: the tensors do not tell. */
static enum tc_status infer_architecture(const struct tc_safetensors *file,
                                         struct tc_architecture *arch, struct tc_error *error)
{
    const struct tc_safetensor *ih, *readout;
    char name[32] = "rec.weight_ih_l0";
    enum tc_status status = find_matrix(file, name, &ih, error);

    if (status == TC_OK)
        status = find_matrix(file, "lin.weight", &readout, error);
    if (status)
        return status;
    *arch = (struct tc_architecture){.audio_inputs = 1,
                                     .knobs = as_unsigned(ih->shape[1] - 1),
                                     .outputs = as_unsigned(readout->shape[0])};
    while (status == TC_OK && arch->layers < TC_MAX_LAYERS && tc_safetensors_find(file, name)) {
        status = infer_layer(file, arch->layers, &arch->layer[arch->layers], error);
        snprintf(name, sizeof name, "rec.weight_ih_l%u", ++arch->layers);
    }
    return status ? status : infer_direct(file, &arch->direct, error);
}

/* ------------------------------------------------------------------------- parameters */

/** PyTorch leaves biases out on request and knows no start state: both are zero then. */
static bool is_optional(const struct tc_tensor *tensor)
{
    return file_dims(tensor) == 1;
}

/** All tensors of a network are called rec.* or lin.*: one that the architecture does not have
 *  would change the sound, could this version play it. */
static enum tc_status check_names(const struct tc_safetensors *file,
                                  const struct tc_tensor *expected, unsigned n,
                                  struct tc_error *error)
{
    for (size_t i = 0; i < file->n_tensors; ++i) {
        const char *const name = file->tensor[i].name;
        unsigned known = 0;

        if (strncmp(name, "rec.", 4) != 0 && strncmp(name, "lin.", 4) != 0)
            continue;
        while (known < n && strcmp(expected[known].name, name) != 0)
            ++known;
        if (known == n)
            return tc_fail(error, TC_UNSUPPORTED,
                           "tensor '%s' belongs to no part of the network that is known",
                           TC_SHOWN(name));
    }
    return TC_OK;
}

/** The vector of parameters, zero where an optional tensor is missing. */
static enum tc_status read_parameters(const struct tc_safetensors *file,
                                      const struct tc_tensor *expected, unsigned n, bool all,
                                      float *parameters, struct tc_error *error)
{
    enum tc_status status = check_names(file, expected, n, error);

    for (unsigned i = 0; status == TC_OK && i < n; ++i) {
        const struct tc_safetensor *const t = tc_safetensors_find(file, expected[i].name);

        if (!t && (all || !is_optional(&expected[i])))
            return tc_fail(error, TC_BAD_FORMAT, "there is no tensor '%s'", expected[i].name);
        if (!t)
            continue;
        status = check_shape(t, &expected[i], error);
        if (status == TC_OK)
            status = tc_safetensor_floats(t, parameters + expected[i].offset, error);
    }
    return status;
}

/** A model of tensors with our names, without its self-test. */
static enum tc_status read_ours(const struct tc_safetensors *file, struct tc_model **model,
                                struct tc_error *error)
{
    const char *const described = tc_safetensors_text(file, "architecture");
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_architecture arch;
    struct tc_metadata meta;
    float *parameters;
    size_t values;
    unsigned n;
    enum tc_status status = described ? tc_architecture_from_json(described, &arch, error)
                                      : infer_architecture(file, &arch, error);

    if (status == TC_OK)
        status = tc_architecture_check(&arch, error);
    if (status == TC_OK)
        status = tc_metadata_from_file(file, arch.knobs, &meta, error);
    if (status)
        return status;
    n = tc_architecture_tensors(&arch, tensors, &values);
    parameters = calloc(values, sizeof *parameters);
    if (!parameters)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu parameters", values);
    status = read_parameters(file, tensors, n, described, parameters, error);
    if (status == TC_OK)
        status = tc_model_new(model, &arch, &meta, parameters, error);
    free(parameters);
    return status;
}

/** A model of tensors with anybody's names. */
static enum tc_status read_theirs(const struct tc_safetensors *file, struct tc_model **model,
                                  struct tc_error *error)
{
    struct tc_stages stages = {.n = 0};
    struct tc_stages_use use = {.audio_inputs = 1};
    struct tc_state_dict dict;
    struct tc_metadata meta;
    enum tc_status status = infer_direct(file, &use.direct, error);

    if (status == TC_OK)
        status = tc_state_dict_from_safetensors(&dict, file, error);
    if (status)
        return status;
    status = tc_state_dict_network(&dict, &stages, error);
    if (status == TC_OK) {
        use.knobs = stages.stage[0].inputs - 1;
        if (use.knobs > TC_MAX_KNOBS)
            status = tc_fail(error, TC_TOO_LARGE, "%u inputs beside the audio, the limit is %d",
                             use.knobs, TC_MAX_KNOBS);
    }
    if (status == TC_OK)
        status = tc_metadata_from_file(file, use.knobs, &meta, error);
    if (status == TC_OK)
        status = tc_stages_model(&stages, &use, &meta, model, error);
    tc_stages_free(&stages);
    tc_state_dict_free(&dict);
    return status;
}

static bool has_prefix(const struct tc_safetensors *file, const char *prefix)
{
    for (size_t i = 0; i < file->n_tensors; ++i)
        if (strncmp(file->tensor[i].name, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

/** Do the tensors have our names? */
static bool is_ours(const struct tc_safetensors *file)
{
    return tc_safetensors_text(file, "architecture") ||
           (has_prefix(file, "rec.") && has_prefix(file, "lin."));
}

/* ------------------------------------------------------------------------- self-test */

/** Find one half of the self-test: (frames, values). */
static enum tc_status find_test(const struct tc_safetensors *file, const char *name, size_t values,
                                const struct tc_safetensor **found, struct tc_error *error)
{
    char expected[64];
    enum tc_status status = find_matrix(file, name, found, error);

    if (status)
        return status;
    snprintf(expected, sizeof expected, "1 to %d frames of %zu values", TC_SELFTEST_MAX_FRAMES,
             values);
    if ((*found)->shape[0] > TC_SELFTEST_MAX_FRAMES || (*found)->shape[1] != values)
        return wrong_shape(*found, expected, error);
    return TC_OK;
}

static enum tc_status run_test(const struct tc_model *model, const struct tc_safetensor *input,
                               const struct tc_safetensor *output, double *difference,
                               struct tc_error *error)
{
    struct tc_selftest_worst worst;
    float *const values = malloc((input->count + output->count) * sizeof *values);
    enum tc_status status;

    if (!values)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the self-test");
    status = tc_safetensor_floats(input, values, error);
    if (status == TC_OK)
        status = tc_safetensor_floats(output, values + input->count, error);
    if (status == TC_OK)
        status = tc_selftest_compare(model, input->shape[0], values, values + input->count, &worst,
                                     error);
    free(values);
    if (status)
        return status;
    *difference = worst.difference;
    return tc_selftest_judge(&worst, error);
}

/** A file without a self-test passes. */
static enum tc_status test_model(const struct tc_safetensors *file, const struct tc_model *model,
                                 double *difference, struct tc_error *error)
{
    const unsigned outputs = tc_model_architecture(model)->outputs;
    const struct tc_safetensor *input, *output;
    enum tc_status status;

    if (!tc_safetensors_find(file, test_input) && !tc_safetensors_find(file, test_output))
        return TC_OK;
    status = find_test(file, test_input, tc_selftest_inputs(model), &input, error);
    if (status == TC_OK)
        status = find_test(file, test_output, outputs, &output, error);
    if (status)
        return status;
    if (input->shape[0] != output->shape[0])
        return tc_fail(error, TC_BAD_SHAPE, "self-test has %zu frames of input, but %zu of output",
                       input->shape[0], output->shape[0]);
    return run_test(model, input, output, difference, error);
}

/* ------------------------------------------------------------------------- reading */

enum tc_status tc_native_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                              struct tc_file_facts *facts, struct tc_error *error)
{
    struct tc_safetensors file;
    struct tc_model *made = NULL;
    enum tc_status status = tc_safetensors_read(&file, bytes, size, error);

    if (status)
        return status;
    tc_facts_init(facts, "safetensors");
    status = is_ours(&file) ? read_ours(&file, &made, error) : read_theirs(&file, &made, error);
    if (status == TC_OK)
        status = test_model(&file, made, &facts->selftest_error, error);
    tc_safetensors_free(&file);
    if (status)
        tc_model_free(made);
    else
        *model = made;
    return status;
}

/* ------------------------------------------------------------------------- writing */

enum { MAX_WRITTEN = TC_MAX_TENSORS + 2 };

/** The network's tensors, then the self-test's. Returns how many. */
static size_t list_tensors(const struct tc_model *model, const struct tc_tensor *tensors,
                           unsigned n, const float *input, const float *output,
                           struct tc_safetensor_floats *list)
{
    const float *const parameters = tc_model_parameters(model);
    struct tc_safetensor_floats *next = list;

    for (unsigned i = 0; i < n; ++i)
        *next++ = (struct tc_safetensor_floats){.name = tensors[i].name,
                                                .dims = file_dims(&tensors[i]),
                                                .shape = {tensors[i].rows, tensors[i].cols},
                                                .values = parameters + tensors[i].offset};
    *next++ =
        (struct tc_safetensor_floats){.name = test_input,
                                      .dims = 2,
                                      .shape = {TC_SELFTEST_FRAMES, tc_selftest_inputs(model)},
                                      .values = input};
    *next++ = (struct tc_safetensor_floats){
        .name = test_output,
        .dims = 2,
        .shape = {TC_SELFTEST_FRAMES, tc_model_architecture(model)->outputs},
        .values = output};
    return (size_t)(next - list);
}

/** The bytes of a model's file, which the caller frees. `test` is scratch for the self-test. */
static enum tc_status write_model(const struct tc_model *model, float *test, unsigned char **bytes,
                                  size_t *size, struct tc_error *error)
{
    float *const output = test + TC_SELFTEST_FRAMES * tc_selftest_inputs(model);
    struct tc_safetensor_floats list[MAX_WRITTEN];
    struct tc_tensor tensors[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensors, NULL);
    json_t *metadata;
    enum tc_status status;

    tc_selftest_signal(model, TC_SELFTEST_FRAMES, test);
    status = tc_selftest_run(model, TC_SELFTEST_FRAMES, test, output, error);
    if (status == TC_OK)
        status = tc_metadata_to_json(model, &metadata, error);
    if (status)
        return status;
    status = tc_safetensors_write(bytes, size, metadata, list,
                                  list_tensors(model, tensors, n, test, output, list), error);
    json_decref(metadata);
    return status;
}

enum tc_status tc_model_save_bytes(const struct tc_model *model, unsigned char **bytes,
                                   size_t *size, struct tc_error *error)
{
    const size_t values = tc_selftest_inputs(model) + tc_model_architecture(model)->outputs;
    float *const test = malloc(TC_SELFTEST_FRAMES * values * sizeof *test);
    enum tc_status status;

    if (!test)
        return tc_fail(error, TC_NO_MEMORY, "no memory for the self-test");
    status = write_model(model, test, bytes, size, error);
    free(test);
    return status;
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
