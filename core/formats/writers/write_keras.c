#include "formats/writers/plain.h"
#include "formats/writers/residual.h"
#include "formats/selftest.h"
#include "formats/writers/write_json.h"
#include "formats/writers/writers.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- checks */

/** A plain RNN whose recurrent matrix is zero is a dense layer with an activation,
 *  but for modReLU, which Keras does not have. */
static bool is_dense(const struct tc_layer *layer, const struct tc_layer_offsets *offsets,
                     const float *parameters)
{
    const size_t hidden = layer->hidden;
    size_t i = 0;

    if (layer->cell != TC_CELL_RNN || layer->activation == TC_MODRELU)
        return false;
    while (i < hidden * hidden && parameters[offsets->w_hh + i] == 0.0f)
        ++i;
    return i == hidden * hidden;
}

static enum tc_status check_layers(const struct tc_model *plain, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    struct tc_layer_offsets offsets[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, offsets, &readout);
    for (unsigned l = 0; l < arch->layers; ++l)
        if (arch->layer[l].cell == TC_CELL_RNN &&
            !is_dense(&arch->layer[l], &offsets[l], tc_model_parameters(plain)))
            return tc_fail(error, TC_UNSUPPORTED, "Keras has no plain RNN, but layer %u is one", l);
    return TC_OK;
}

/** AIDA-X supports these widths only. */
static enum tc_status check_aidax(const struct tc_architecture *arch, struct tc_error *error)
{
    static const unsigned widths[] = {8, 12, 16, 20, 24, 32, 40, 64, 80};
    const unsigned hidden = arch->layer[0].hidden;
    size_t w = 0;

    if (arch->layers != 1 || arch->outputs != 1)
        return tc_fail(error, TC_UNSUPPORTED,
                       "AIDA-X plays 1 layer and 1 output, but the model has %u and %u",
                       arch->layers, arch->outputs);
    if (arch->knobs > 2)
        return tc_fail(error, TC_UNSUPPORTED, "AIDA-X has 2 knobs, but the model has %u",
                       arch->knobs);
    while (widths[w] != hidden)
        if (++w == sizeof widths / sizeof widths[0])
            return tc_fail(error, TC_UNSUPPORTED,
                           "AIDA-X plays 8, 12, 16, 20, 24, 32, 40, 64 or 80 units, but the model "
                           "has %u",
                           hidden);
    return TC_OK;
}

static enum tc_status check_exportable(const struct tc_model *plain, bool aidax,
                                       struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    enum tc_status status =
        tc_model_check_simple(plain, aidax ? TC_EXPORT_AIDAX : TC_EXPORT_KERAS, error);

    if (status == TC_OK)
        status = check_layers(plain, error);
    return status || !aidax ? status : check_aidax(arch, error);
}

/* ------------------------------------------------------------------------- layers */

/** Bring blocks of rows, one per gate, into Keras' order. */
static void reorder_blocks(enum tc_cell cell, float *rows, size_t block)
{
    const unsigned char *const order = tc_cell_describe(cell)->format[TC_EXPORT_KERAS].gate;

    for (unsigned g = 0; g < tc_cell_gates(cell); ++g) {
        unsigned from = order[g];

        while (from < g) /* swapped before: find its present position */
            from = order[from];
        for (size_t i = 0; from != g && i < block; ++i) {
            const float saved = rows[g * block + i];

            rows[g * block + i] = rows[from * block + i];
            rows[from * block + i] = saved;
        }
    }
}

/** A cell that resets after the product keeps both biases; those of others are added up. */
static bool has_two_biases(enum tc_cell cell)
{
    return tc_cell_describe(cell)->reset == TC_RESET_AFTER;
}

/** Bring a layer's weights into Keras' order of gates. If biases are added up, the first is the
 * sum.
 */
static void reorder(const struct tc_layer *layer, size_t inputs,
                    const struct tc_layer_offsets *offsets, float *parameters)
{
    const size_t hidden = layer->hidden;

    for (size_t i = 0; !has_two_biases(layer->cell) && i < tc_cell_gates(layer->cell) * hidden; ++i)
        parameters[offsets->b_ih + i] += parameters[offsets->b_hh + i];
    reorder_blocks(layer->cell, parameters + offsets->w_ih, hidden * inputs);
    reorder_blocks(layer->cell, parameters + offsets->w_hh, hidden * hidden);
    reorder_blocks(layer->cell, parameters + offsets->b_ih, hidden);
    reorder_blocks(layer->cell, parameters + offsets->b_hh, hidden);
}

/** The biases follow each other in the parameters, so that two are a matrix. */
static json_t *biases(const struct tc_layer *layer, const float *b_ih)
{
    const size_t rows = (size_t)tc_cell_gates(layer->cell) * layer->hidden;

    return has_two_biases(layer->cell) ? tc_json_matrix(b_ih, 2, rows, false)
                                       : tc_json_list(b_ih, rows, 1);
}

/** The JSON of a layer. The reference of its list of weights is stolen. */
static json_t *layer_json(const char *type, const char *activation, unsigned units, json_t *weights)
{
    return json_pack("{s:s, s:s, s:[n, n, i], s:o}", "type", type, "activation", activation,
                     "shape", (int)units, "weights", weights);
}

static json_t *dense(enum tc_activation activation, const float *w, const float *b, unsigned units,
                     size_t inputs)
{
    static const char *const names[] = {
        [TC_TANH] = "tanh", [TC_LOGISTIC] = "sigmoid", [TC_RELU] = "relu",
        [TC_IDENTITY] = "", [TC_ELU] = "elu",          [TC_SOFTMAX] = "softmax"};

    return layer_json(
        "dense", names[activation], units,
        json_pack("[o, o]", tc_json_matrix(w, units, inputs, true), tc_json_list(b, units, 1)));
}

static json_t *recurrent_layer(const struct tc_architecture *arch, unsigned index,
                               const struct tc_layer_offsets *offsets, const float *parameters)
{
    const struct tc_layer *const layer = &arch->layer[index];
    const size_t rows = (size_t)tc_cell_gates(layer->cell) * layer->hidden;
    const size_t inputs = tc_layer_inputs(arch, index);
    const float *const w = parameters + offsets->w_ih, *const b = parameters + offsets->b_ih;

    if (layer->cell == TC_CELL_RNN)
        return dense(layer->activation, w, b, layer->hidden, inputs);
    return layer_json(
        tc_cell_describe(layer->cell)->format[TC_EXPORT_KERAS].name, "", layer->hidden,
        json_pack("[o, o, o]", tc_json_matrix(w, rows, inputs, true),
                  tc_json_matrix(parameters + offsets->w_hh, rows, layer->hidden, true),
                  biases(layer, b)));
}

/** All layers and the readout. `parameters` are modified. */
static json_t *layers(const struct tc_architecture *arch, float *parameters)
{
    struct tc_layer_offsets offsets[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    json_t *const list = json_array();
    bool complete = list != NULL;

    tc_parameter_offsets(arch, offsets, &readout);
    for (unsigned l = 0; complete && l < arch->layers; ++l) {
        reorder(&arch->layer[l], tc_layer_inputs(arch, l), &offsets[l], parameters);
        complete =
            json_array_append_new(list, recurrent_layer(arch, l, &offsets[l], parameters)) == 0;
    }
    complete =
        complete && json_array_append_new(list, dense(TC_IDENTITY, parameters + readout.w,
                                                      parameters + readout.b, arch->outputs,
                                                      arch->layer[arch->layers - 1].hidden)) == 0;
    if (complete)
        return list;
    json_decref(list);
    return NULL;
}

/* ------------------------------------------------------------------------- the file */

static bool put_gain(json_t *json, const char *key, float gain_db)
{
    return gain_db == 0.0f || tc_json_put(json, key, json_real((double)gain_db));
}

/** Residual and gains; false without memory. */
static bool put_aidax(json_t *json, const struct tc_model *plain)
{
    const struct tc_metadata *const meta = tc_model_metadata(plain);

    return (!tc_model_has_residual(plain) || tc_json_put(json, "in_skip", json_integer(1))) &&
           put_gain(json, "in_gain", meta->in_gain_db) &&
           put_gain(json, "out_gain", meta->out_gain_db);
}

static json_t *document(const struct tc_model *model, const struct tc_model *plain, bool aidax,
                        float *parameters)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    json_t *const json =
        json_pack("{s:[n, n, i]}", "in_shape", (int)(arch->audio_inputs + arch->knobs));

    if (json && (!aidax || put_aidax(json, plain)) &&
        tc_json_put(json, "layers", layers(arch, parameters)) && tc_json_put_rate(json, plain) &&
        tc_json_put(json, "metadata", tc_json_texts(model, true)))
        return json;
    json_decref(json);
    return NULL;
}

/** Add AIDA-X' test signals: knobs at 0, without gains, from an initial state of 0. */
static enum tc_status add_batch(const struct tc_model *plain, float *parameters, json_t *json,
                                struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(plain);
    const size_t inputs = tc_selftest_inputs(plain), values = TC_SELFTEST_FRAMES * (inputs + 1);
    struct tc_metadata meta = *tc_model_metadata(plain);
    float *const input = malloc(values * sizeof *input);
    float *const output = input + TC_SELFTEST_FRAMES * inputs;
    struct tc_model *without_gains = NULL;
    enum tc_status status;

    if (!input)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a self-test");
    meta.in_gain_db = meta.out_gain_db = 0.0f;
    status = tc_model_new(&without_gains, arch, &meta, parameters, error);
    if (status == TC_OK) {
        tc_selftest_signal(plain, TC_SELFTEST_FRAMES, input);
        for (size_t i = 0; i < TC_SELFTEST_FRAMES * inputs; ++i)
            input[i] = i % inputs ? 0.0f : input[i];
        status = tc_selftest_run(without_gains, TC_SELFTEST_FRAMES, input, output, error);
    }
    if (status == TC_OK &&
        !(tc_json_put(json, "input_batch", tc_json_list(input, TC_SELFTEST_FRAMES, inputs)) &&
          tc_json_put(json, "output_batch", tc_json_list(output, TC_SELFTEST_FRAMES, 1))))
        status = tc_fail(error, TC_NO_MEMORY, "no memory for a self-test");
    tc_model_free(without_gains);
    free(input);
    return status;
}

/** Copy the parameters of a model, with an initial state of 0. The caller frees them; NULL without
 *  memory. */
static float *without_initial_state(const struct tc_model *plain)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    size_t values;
    const unsigned n = tc_architecture_tensors(tc_model_architecture(plain), tensor, &values);
    float *const parameters = malloc(values * sizeof *parameters);

    if (!parameters)
        return NULL;
    memcpy(parameters, tc_model_parameters(plain), values * sizeof *parameters);
    for (unsigned i = 0; i < n; ++i)
        if (!strstr(tensor[i].name, ".weight") && !strstr(tensor[i].name, ".bias"))
            memset(parameters + tensor[i].offset, 0, tensor[i].rows * sizeof *parameters);
    return parameters;
}

/** Write `plain`, with the metadata of the model that it was made of. */
static enum tc_status write_plain(const struct tc_model *model, const struct tc_model *plain,
                                  bool aidax, json_t **json, struct tc_error *error)
{
    float *const tested = without_initial_state(plain);
    float *const written = without_initial_state(plain);
    json_t *const object = tested && written ? document(model, plain, aidax, written) : NULL;
    enum tc_status status = TC_OK;

    if (!object)
        status = tc_fail(error, TC_NO_MEMORY, "no memory for the JSON of a model");
    else if (aidax)
        status = add_batch(plain, tested, object, error);
    free(tested);
    free(written);
    if (status)
        json_decref(object);
    else
        *json = object;
    return status;
}

enum tc_status tc_keras_write(const struct tc_model *model, bool aidax, json_t **json,
                              struct tc_error *error)
{
    struct tc_model *plain = NULL, *folded = NULL;
    enum tc_status status = tc_model_plain(model, aidax, &plain, error);

    if (status == TC_OK && !aidax)
        status = tc_model_fold_direct(plain, "Keras", &folded, error);
    if (status == TC_OK)
        status = check_exportable(folded ? folded : plain, aidax, error);
    if (status == TC_OK)
        status = write_plain(model, folded ? folded : plain, aidax, json, error);
    tc_model_free(folded);
    tc_model_free(plain);
    return status;
}
