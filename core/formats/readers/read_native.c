/** @file
 *  Reads native model files and safetensors files of PyTorch's tensors, with native or other
 *  names. */
#include "formats/architecture_json.h"
#include "formats/facts.h"
#include "formats/json.h"
#include "formats/metadata.h"
#include "formats/native.h"
#include "formats/readers/readers.h"
#include "formats/safetensors.h"
#include "formats/selftest.h"
#include "formats/readers/state_dict.h"
#include "model/cell.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- shapes */

static enum tc_status wrong_shape(const struct tc_safetensor *t, const char *expected,
                                  struct tc_error *error)
{
    struct tc_shape_text found;

    return tc_fail(error, TC_BAD_SHAPE, "tensor '%s' has the shape %s, expected %s",
                   TC_SHOWN(t->name), tc_shape_show(&found, t->shape, t->dims), expected);
}

static enum tc_status check_shape(const struct tc_safetensor *t, const struct tc_tensor *expected,
                                  struct tc_error *error)
{
    const size_t shape[2] = {expected->rows, expected->cols};
    const unsigned dims = tc_native_dims(expected);
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

/** A size for the architecture, whose check refuses it if it is too large. */
static unsigned as_unsigned(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

/* ------------------------------------------------------------------------- inference */

/** Units and cell of a layer from its recurrent matrix, which has a row per gate and unit and a
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

/** The direct path: tensors do not show it, but some writers store it in the metadata as `skip`. */
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

/** The architecture from the tensors alone. One audio input is assumed, the others are knobs. */
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

/** PyTorch's biases are optional, and its initial state is not stored: both are then zero. */
static bool is_optional(const struct tc_tensor *tensor)
{
    return tc_native_dims(tensor) == 1;
}

/** Refuse tensors named rec.* or lin.* that the architecture does not have: the network has a part
 *  that this version does not know. */
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

/** Read the parameters. Unless `all` are required, optional tensors may be missing: zeros stay. */
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

/** A model of tensors with native names, without its self-test. */
static enum tc_status read_native_names(const struct tc_safetensors *file, struct tc_model **model,
                                        struct tc_error *error)
{
    const char *const json = tc_safetensors_text(file, "architecture");
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_architecture arch;
    struct tc_metadata meta;
    float *parameters;
    size_t values;
    unsigned n;
    enum tc_status status = json ? tc_architecture_from_json(json, &arch, error)
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
    status = read_parameters(file, tensors, n, json != NULL, parameters, error);
    if (status == TC_OK)
        status = tc_model_new(model, &arch, &meta, parameters, error);
    free(parameters);
    return status;
}

/** A model of tensors with any other prefixes. */
static enum tc_status read_any_names(const struct tc_safetensors *file, struct tc_model **model,
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

/** Do the tensors have native names? */
static bool has_native_names(const struct tc_safetensors *file)
{
    return tc_safetensors_text(file, "architecture") ||
           (has_prefix(file, "rec.") && has_prefix(file, "lin."));
}

/* ------------------------------------------------------------------------- self-test */

/** Find a signal of the self-test, (frames, values). */
static enum tc_status find_signal(const struct tc_safetensors *file, const char *name,
                                  size_t values, const struct tc_safetensor **found,
                                  struct tc_error *error)
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

static enum tc_status run_selftest(const struct tc_model *model, const struct tc_safetensor *input,
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

/** Run the self-test, if the file has one. */
static enum tc_status check_selftest(const struct tc_safetensors *file,
                                     const struct tc_model *model, double *difference,
                                     struct tc_error *error)
{
    const unsigned outputs = tc_model_architecture(model)->outputs;
    const struct tc_safetensor *input, *output;
    enum tc_status status;

    if (!tc_safetensors_find(file, TC_SELFTEST_INPUT) &&
        !tc_safetensors_find(file, TC_SELFTEST_OUTPUT))
        return TC_OK;
    status = find_signal(file, TC_SELFTEST_INPUT, tc_selftest_inputs(model), &input, error);
    if (status == TC_OK)
        status = find_signal(file, TC_SELFTEST_OUTPUT, outputs, &output, error);
    if (status)
        return status;
    if (input->shape[0] != output->shape[0])
        return tc_fail(error, TC_BAD_SHAPE, "self-test has %zu frames of input, but %zu of output",
                       input->shape[0], output->shape[0]);
    return run_selftest(model, input, output, difference, error);
}

/* ------------------------------------------------------------------------- reading */

enum tc_status tc_native_read(struct tc_model **model, const unsigned char *bytes, size_t size,
                              struct tc_file_facts *facts, struct tc_error *error)
{
    struct tc_safetensors file;
    struct tc_model *loaded = NULL;
    enum tc_status status = tc_safetensors_read(&file, bytes, size, error);

    if (status)
        return status;
    tc_facts_init(facts, "safetensors");
    status = has_native_names(&file) ? read_native_names(&file, &loaded, error)
                                     : read_any_names(&file, &loaded, error);
    if (status == TC_OK)
        status = check_selftest(&file, loaded, &facts->selftest_error, error);
    tc_safetensors_free(&file);
    if (status)
        tc_model_free(loaded);
    else
        *model = loaded;
    return status;
}
