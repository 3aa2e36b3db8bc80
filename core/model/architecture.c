#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *tc_activation_name(enum tc_activation activation)
{
    switch (activation) {
    case TC_TANH:
        return "tanh";
    case TC_LOGISTIC:
        return "logistic";
    case TC_RELU:
        return "relu";
    case TC_IDENTITY:
        return "identity";
    case TC_MODRELU:
        return "modrelu";
    case TC_ELU:
        return "elu";
    case TC_SOFTMAX:
        return "softmax";
    }
    return "unknown";
}

const char *tc_readout_name(enum tc_readout readout)
{
    switch (readout) {
    case TC_READOUT_LINEAR:
        return "linear";
    case TC_READOUT_LOGISTIC:
        return "logistic";
    case TC_READOUT_SOFTMAX:
        return "softmax";
    }
    return "unknown";
}

unsigned tc_layer_inputs(const struct tc_architecture *arch, unsigned index)
{
    return index ? arch->layer[index - 1].hidden
                 : arch->audio_inputs + arch->knobs + arch->embedding;
}

unsigned tc_input_buffers(const struct tc_architecture *arch)
{
    return arch->audio_inputs + (arch->symbols > 0);
}

static enum tc_status check_count(const char *what, unsigned count, unsigned min, unsigned max,
                                  struct tc_error *error)
{
    if (count > max)
        return tc_fail(error, TC_TOO_LARGE, "%u %s, the limit is %u", count, what, max);
    if (count < min)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u %s, expected at least %u", count, what, min);
    return TC_OK;
}

static enum tc_status check_inputs(const struct tc_architecture *arch, struct tc_error *error)
{
    const unsigned symbols = arch->symbols > 0;
    enum tc_status status =
        check_count("audio inputs", arch->audio_inputs, !symbols, TC_MAX_FEATURES, error);

    if (!status)
        status = check_count("knobs", arch->knobs, 0, TC_MAX_KNOBS, error);
    if (!status)
        status = check_count("symbols", arch->symbols, 2 * symbols, TC_MAX_SYMBOLS, error);
    if (!status)
        status = check_count("values in a symbol's embedding", arch->embedding, symbols,
                             symbols ? TC_MAX_UNITS : 0, error);
    return status;
}

static enum tc_status check_layer(const struct tc_layer *layer, unsigned index,
                                  struct tc_error *error)
{
    if (layer->hidden < 1 || layer->hidden > TC_MAX_UNITS)
        return tc_fail(error, layer->hidden ? TC_TOO_LARGE : TC_BAD_ARGUMENT,
                       "layer %u: %u units, expected 1 to %u", index, layer->hidden, TC_MAX_UNITS);
    if (!tc_cell_describe(layer->cell))
        return tc_fail(error, TC_BAD_ARGUMENT, "layer %u: unknown cell %d", index,
                       (int)layer->cell);
    if (layer->activation >= TC_ACTIVATIONS)
        return tc_fail(error, TC_BAD_ARGUMENT, "layer %u: unknown activation %d", index,
                       (int)layer->activation);
    if (!tc_cell_describe(layer->cell)->any_activation && layer->activation != TC_TANH)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "layer %u: activation %s on a cell that is always tanh", index,
                       tc_activation_name(layer->activation));
    return TC_OK;
}

static enum tc_status check_norm(const struct tc_architecture *arch, struct tc_error *error)
{
    for (unsigned l = 0; arch->layer_norm && l < arch->layers; ++l)
        if (arch->layer[l].hidden < 2)
            return tc_fail(error, TC_BAD_ARGUMENT,
                           "layer %u: layer normalisation of 1 unit, expected at least 2", l);
    return TC_OK;
}

static enum tc_status check_readout(const struct tc_architecture *arch, struct tc_error *error)
{
    if (arch->readout > TC_READOUT_SOFTMAX)
        return tc_fail(error, TC_BAD_ARGUMENT, "unknown readout %d", (int)arch->readout);
    if (arch->readout == TC_READOUT_SOFTMAX && arch->outputs < 2)
        return tc_fail(error, TC_BAD_ARGUMENT, "a softmax of %u output, expected at least 2",
                       arch->outputs);
    return TC_OK;
}

static enum tc_status check_parameters(const struct tc_architecture *arch, struct tc_error *error)
{
    size_t values;

    tc_architecture_tensors(arch, NULL, &values);
    return check_count("parameters", (unsigned)values, 1, TC_MAX_PARAMETERS, error);
}

enum tc_status tc_architecture_check(const struct tc_architecture *arch, struct tc_error *error)
{
    enum tc_status status = check_inputs(arch, error);

    if (!status)
        status = check_count("outputs", arch->outputs, 1, tc_max_outputs(arch->readout), error);
    if (!status)
        status = check_count("layers", arch->layers, 1, TC_MAX_LAYERS, error);
    for (unsigned l = 0; !status && l < arch->layers; ++l)
        status = check_layer(&arch->layer[l], l, error);
    if (!status)
        status = check_norm(arch, error);
    if (!status)
        status = check_readout(arch, error);
    if (!status)
        status = check_parameters(arch, error);
    if (status)
        return status;
    if (!isfinite(arch->direct))
        return tc_fail(error, TC_BAD_VALUE,
                       "the gain of the direct path is %g, expected a finite number", arch->direct);
    if (arch->direct != 0.0f && arch->outputs > arch->audio_inputs)
        return tc_fail(error, TC_BAD_ARGUMENT,
                       "a direct path from %u audio inputs to %u outputs, expected no more outputs "
                       "than audio inputs",
                       arch->audio_inputs, arch->outputs);
    return TC_OK;
}

/* A list of tensors being built; `tensors` is NULL if only sizes are wanted. */
struct tensor_list {
    struct tc_tensor *tensors;
    unsigned count;
    size_t values;
};

static void list_tensor(struct tensor_list *list, const char *name, unsigned layer, size_t rows,
                        size_t cols)
{
    if (list->tensors) {
        struct tc_tensor *tensor = &list->tensors[list->count];

        snprintf(tensor->name, sizeof tensor->name, "%s", name);
        tensor->layer = layer;
        tensor->offset = list->values;
        tensor->rows = rows;
        tensor->cols = cols;
    }
    ++list->count;
    list->values += rows * cols;
}

static void list_layer_tensor(struct tensor_list *list, const char *what, unsigned layer,
                              size_t rows, size_t cols)
{
    char name[sizeof(((struct tc_tensor *)0)->name)];

    snprintf(name, sizeof name, "rec.%s_l%u", what, layer);
    list_tensor(list, name, layer, rows, cols);
}

unsigned tc_architecture_tensors(const struct tc_architecture *arch,
                                 struct tc_tensor tensors[TC_MAX_TENSORS], size_t *values)
{
    struct tensor_list list = {.tensors = tensors};
    size_t hidden = 0;

    if (arch->symbols)
        list_tensor(&list, "emb.weight", 0, arch->symbols, arch->embedding);
    for (unsigned l = 0; l < arch->layers; ++l) {
        const enum tc_cell cell = arch->layer[l].cell;
        size_t rows;

        hidden = arch->layer[l].hidden;
        rows = tc_cell_gates(cell) * hidden;
        list_layer_tensor(&list, "weight_ih", l, rows, tc_layer_inputs(arch, l));
        list_layer_tensor(&list, "weight_hh", l, rows, hidden);
        list_layer_tensor(&list, "bias_ih", l, rows, 1);
        list_layer_tensor(&list, "bias_hh", l, rows, 1);
        if (tc_cell_has_peephole(cell))
            list_layer_tensor(&list, "peephole", l, 3, hidden);
        if (arch->layer_norm) {
            list_layer_tensor(&list, "norm_weight", l, hidden, 1);
            list_layer_tensor(&list, "norm_bias", l, hidden, 1);
        }
        list_layer_tensor(&list, "h0", l, hidden, 1);
        if (tc_cell_has_c(cell))
            list_layer_tensor(&list, "c0", l, hidden, 1);
    }
    list_tensor(&list, "lin.weight", arch->layers, arch->outputs, hidden);
    list_tensor(&list, "lin.bias", arch->layers, arch->outputs, 1);
    if (values)
        *values = list.values;
    return list.count;
}
