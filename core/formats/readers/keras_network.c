#include "formats/readers/keras_network.h"

#include "formats/array.h"
#include "formats/json.h"
#include "formats/readers/stages.h"
#include "model/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A layer being read. */
struct keras_reader {
    struct tc_stages *stages;
    unsigned index, inputs, exchanged;
    char where[64]; /* "layer 1 (gru)" */
    const json_t *json, *weights;
};

/* ------------------------------------------------------------------------- one layer */

/** The last entry of a shape; those before are batch and time. */
static enum tc_status read_size(const json_t *json, const char *key, const char *where,
                                unsigned *size, struct tc_error *error)
{
    const json_t *const shape = json_object_get(json, key);
    const json_t *const last = json_array_get(shape, json_array_size(shape) - 1);
    const json_int_t found = json_integer_value(last);

    if (!shape)
        return tc_fail(error, TC_BAD_FORMAT, "%s: '%s' is missing", where, key);
    if (!json_is_integer(last) || found < 1)
        return tc_fail(error, TC_BAD_FORMAT, "%s: '%s' does not end in a size", where, key);
    if (found > TC_MAX_UNITS)
        return tc_fail(error, TC_TOO_LARGE,
                       "%s: '%s' ends in %" JSON_INTEGER_FORMAT ", the limit is %d", where, key,
                       found, TC_MAX_UNITS);
    *size = (unsigned)found;
    return TC_OK;
}

/** One of a layer's matrices or vectors, in memory that the caller frees. */
static enum tc_status read_array(const struct keras_reader *r, size_t index, const char *what,
                                 size_t rows, size_t cols, float **values, struct tc_error *error)
{
    const size_t n = rows * (cols ? cols : 1);
    char name[sizeof r->where + 32];
    enum tc_status status;

    snprintf(name, sizeof name, "%s, %s", r->where, what);
    *values = malloc(n * sizeof **values);
    if (!*values)
        return tc_fail(error, TC_NO_MEMORY, "no memory for %zu weights", n);
    status = tc_array_read(json_array_get(r->weights, index), name, rows, cols, *values, error);
    if (status) {
        free(*values);
        *values = NULL;
    }
    return status;
}

/** The native gate of each column block of the file. */
static const unsigned char *gate_order(const struct keras_reader *r, enum tc_cell cell)
{
    static const unsigned char native[TC_MAX_GATES] = TC_GATES_NATIVE;

    return r->exchanged & TC_GATES_EXCHANGED ? native
                                             : tc_cell_describe(cell)->format[TC_EXPORT_KERAS].gate;
}

/** Transpose a kernel (inputs, gates * units) to rows by gate and unit. A bias is a kernel of one
 *  input. */
static void transpose(const float *kernel, const unsigned char *order, size_t gates, size_t units,
                      size_t inputs, float *rows)
{
    for (size_t g = 0; g < gates; ++g)
        for (size_t u = 0; u < units; ++u)
            for (size_t i = 0; i < inputs; ++i)
                rows[(order[g] * units + u) * inputs + i] = kernel[(i * gates + g) * units + u];
}

static enum tc_status read_kernel(const struct keras_reader *r, size_t index, const char *what,
                                  const struct tc_stage *stage, size_t inputs, float *rows,
                                  struct tc_error *error)
{
    const size_t gates = stage->dense ? 1 : tc_cell_gates(stage->cell);
    float *kernel;
    const enum tc_status status =
        read_array(r, index, what, inputs, gates * stage->units, &kernel, error);

    if (status)
        return status;
    transpose(kernel, gate_order(r, stage->cell), gates, stage->units, inputs, rows);
    free(kernel);
    return TC_OK;
}

/** An LSTM has one bias vector, a GRU two: of the input and of the recurrent product. */
static enum tc_status read_biases(const struct keras_reader *r, const struct tc_stage *stage,
                                  const struct tc_stage_weights *w, struct tc_error *error)
{
    const unsigned char *const order = gate_order(r, stage->cell);
    const size_t gates = tc_cell_gates(stage->cell), units = stage->units;
    const bool two = tc_cell_describe(stage->cell)->reset == TC_RESET_AFTER;
    const json_t *const bias = json_array_get(r->weights, 2);
    float *values, *const first = r->exchanged & TC_BIASES_EXCHANGED ? w->b_hh : w->b_ih;
    enum tc_status status;

    if (two && json_is_array(bias) && !json_is_array(json_array_get(bias, 0)))
        return tc_fail(error, TC_UNSUPPORTED,
                       "%s has one row of biases, so it resets before the product "
                       "(reset_after=False), which is another cell; expected two rows",
                       r->where);
    status = two ? read_array(r, 2, "bias", 2, gates * units, &values, error)
                 : read_array(r, 2, "bias", gates * units, 0, &values, error);
    if (status)
        return status;
    transpose(values, order, gates, units, 1, first);
    if (two)
        transpose(values + gates * units, order, gates, units, 1,
                  first == w->b_ih ? w->b_hh : w->b_ih);
    free(values);
    return TC_OK;
}

static enum tc_status read_recurrent(struct keras_reader *r, struct tc_stage *like,
                                     struct tc_error *error)
{
    struct tc_stage_weights w;
    enum tc_status status;

    if (json_array_size(r->weights) != 3)
        return tc_fail(error, TC_BAD_FORMAT, "%s has %zu arrays of weights, expected 3", r->where,
                       json_array_size(r->weights));
    like->activation = TC_TANH;
    status = tc_stages_add(r->stages, like, error);
    if (status)
        return status;
    w = tc_stages_last(r->stages);
    status = read_kernel(r, 0, "kernel", like, like->inputs, w.w_ih, error);
    if (status == TC_OK)
        status = read_kernel(r, 1, "recurrent kernel", like, like->units, w.w_hh, error);
    return status ? status : read_biases(r, like, &w, error);
}

/** The activation of a dense layer or an activation layer; none if absent or "". */
static enum tc_status read_activation(const struct keras_reader *r, enum tc_activation *activation,
                                      struct tc_error *error)
{
    static const struct {
        const char *name;
        enum tc_activation activation;
    } known[] = {{"", TC_IDENTITY},      {"linear", TC_IDENTITY},  {"tanh", TC_TANH},
                 {"relu", TC_RELU},      {"sigmoid", TC_LOGISTIC}, {"elu", TC_ELU},
                 {"softmax", TC_SOFTMAX}};
    const json_t *const json = json_object_get(r->json, "activation");
    const char *const name = json_is_string(json) ? json_string_value(json) : "";

    for (size_t i = 0; i < sizeof known / sizeof known[0]; ++i)
        if (strcmp(name, known[i].name) == 0) {
            *activation = known[i].activation;
            return TC_OK;
        }
    return tc_fail(error, TC_UNSUPPORTED,
                   "%s has the activation '%s', expected none, tanh, relu, sigmoid, elu or softmax",
                   r->where, TC_SHOWN(name));
}

static enum tc_status read_dense(struct keras_reader *r, struct tc_stage *like,
                                 struct tc_error *error)
{
    struct tc_stage_weights w;
    float *bias;
    enum tc_status status = read_activation(r, &like->activation, error);

    like->dense = true;
    if (status == TC_OK)
        status = tc_stages_add(r->stages, like, error);
    if (status)
        return status;
    w = tc_stages_last(r->stages);
    status = read_kernel(r, 0, "kernel", like, like->inputs, w.w_ih, error);
    if (status || json_array_size(r->weights) < 2)
        return status; /* the bias is optional */
    status = read_array(r, 1, "bias", like->units, 0, &bias, error);
    if (status == TC_OK) {
        memcpy(w.b_ih, bias, like->units * sizeof *bias);
        free(bias);
    }
    return status;
}

static enum tc_status read_activation_layer(struct keras_reader *r, unsigned units,
                                            struct tc_error *error)
{
    enum tc_activation activation;
    const enum tc_status status = read_activation(r, &activation, error);

    if (status)
        return status;
    if (units != r->inputs)
        return tc_fail(error, TC_BAD_SHAPE, "%s gives %u values, but reads %u", r->where, units,
                       r->inputs);
    return tc_stages_activate(r->stages, r->inputs, activation, error);
}

/** A layer of known type. *outputs: their number. */
static enum tc_status read_typed(struct keras_reader *r, const char *type, unsigned *outputs,
                                 struct tc_error *error)
{
    struct tc_stage like = {.inputs = r->inputs};
    const bool dense = strcmp(type, "dense") == 0 || strcmp(type, "time-distributed-dense") == 0;
    const bool recurrent = !dense && tc_cell_of_format(TC_EXPORT_KERAS, type, &like.cell);
    const bool activation = strcmp(type, "activation") == 0;
    enum tc_status status;

    if (!recurrent && !dense && !activation)
        return tc_fail(error, TC_UNSUPPORTED,
                       "layer %u has the type '%s', expected lstm, gru, dense, "
                       "time-distributed-dense or activation",
                       r->index, TC_SHOWN(type));
    status = read_size(r->json, "shape", r->where, &like.units, error);
    if (status)
        return status;
    *outputs = like.units;
    if (activation)
        return read_activation_layer(r, like.units, error);
    if (json_array_size(r->weights) == 0)
        return tc_fail(error, TC_BAD_FORMAT, "%s has no weights", r->where);
    if (dense)
        return read_dense(r, &like, error);
    return read_recurrent(r, &like, error);
}

static enum tc_status read_layer(struct keras_reader *r, unsigned *outputs, struct tc_error *error)
{
    const char *type;
    enum tc_status status;

    snprintf(r->where, sizeof r->where, "layer %u", r->index);
    if (!json_is_object(r->json))
        return tc_fail(error, TC_BAD_FORMAT, "%s is %s, expected an object", r->where,
                       tc_json_kind(r->json));
    status = tc_json_text(r->json, "type", r->where, &type, error);
    if (status)
        return status;
    snprintf(r->where, sizeof r->where, "layer %u (%.24s)", r->index, TC_SHOWN(type));
    r->weights = json_object_get(r->json, "weights");
    *outputs = r->inputs;
    /* The input layer of a Keras model, which some exporters write as well. */
    if (strcmp(type, "unknown") == 0 && json_array_size(r->weights) == 0)
        return TC_OK;
    return read_typed(r, type, outputs, error);
}

/* ------------------------------------------------------------------------- the network */

static enum tc_status read_layers(const json_t *json, unsigned inputs, unsigned exchanged,
                                  struct tc_stages *stages, struct tc_error *error)
{
    const json_t *const layers = json_object_get(json, "layers");
    const size_t n = json_array_size(layers);
    struct keras_reader r = {.stages = stages, .inputs = inputs, .exchanged = exchanged};
    enum tc_status status = TC_OK;

    if (!layers)
        return tc_fail(error, TC_BAD_FORMAT, "the file: 'layers' is missing");
    if (n == 0)
        return tc_fail(error, TC_BAD_FORMAT, "'layers' is no list of layers");
    if (n > TC_MAX_STAGES)
        return tc_fail(error, TC_TOO_LARGE, "'layers' has %zu entries, at most %d are read", n,
                       TC_MAX_STAGES);
    for (r.index = 0; status == TC_OK && r.index < n; ++r.index) {
        unsigned outputs = 0;

        r.json = json_array_get(layers, r.index);
        status = read_layer(&r, &outputs, error);
        r.inputs = outputs;
    }
    return status;
}

static enum tc_status read_skip(const json_t *json, float *direct, struct tc_error *error)
{
    const double skip = json_number_value(json_object_get(json, "in_skip"));

    *direct = skip > 0.0 ? 1.0f : 0.0f;
    if (skip > 1.0)
        return tc_fail(error, TC_UNSUPPORTED, "'in_skip' is %g, expected 0 or 1", skip);
    return TC_OK;
}

enum tc_status tc_keras_network(const json_t *json, unsigned exchanged,
                                const struct tc_metadata *meta, struct tc_model **model,
                                struct tc_error *error)
{
    struct tc_stages stages = {.n = 0};
    struct tc_stages_use use = {.audio_inputs = 1};
    unsigned inputs;
    enum tc_status status = read_size(json, "in_shape", "the file", &inputs, error);

    if (status)
        return status;
    use.knobs = inputs - 1;
    if (use.knobs > TC_MAX_KNOBS)
        return tc_fail(error, TC_TOO_LARGE, "%u inputs beside the audio, the limit is %d",
                       use.knobs, TC_MAX_KNOBS);
    status = read_skip(json, &use.direct, error);
    if (status == TC_OK)
        status = read_layers(json, inputs, exchanged, &stages, error);
    if (status == TC_OK)
        status = tc_stages_model(&stages, &use, meta, model, error);
    tc_stages_free(&stages);
    return status;
}
