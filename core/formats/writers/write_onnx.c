#include "cells/norm.h"
#include "formats/json.h"
#include "formats/writers/plain.h"
#include "formats/writers/protobuf.h"
#include "formats/writers/writers.h"
#include "model/bytes.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From: onnx/onnx, onnx.proto3 and docs/Operators.md; the names are those of the fields there. */
enum { IR_VERSION = 7, OPSET = 14 };
enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7 };
enum { MODEL_OPSET = 8, MODEL_PROPERTY = 14, OPSET_VERSION = 2, ENTRY_KEY = 1, ENTRY_VALUE = 2 };
enum { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_TENSOR = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_OPERATOR = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_INT = 3, ATTRIBUTE_FLOATS = 7, ATTRIBUTE_INTS = 8 };
enum { ATTRIBUTE_STRINGS = 9, ATTRIBUTE_TYPE = 20 };
enum { TYPE_INT = 2, TYPE_FLOATS = 6, TYPE_INTS = 7, TYPE_STRINGS = 8 };
enum { TENSOR_DIM = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_BYTES = 9, FLOAT = 1, INT64 = 7 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2 };
enum { SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2 };

enum { MAX_NAME = 32 };

/** A graph that grows. */
struct graph {
    const struct tc_architecture *arch;
    const float *parameters;
    struct tc_layer_offsets layers[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_message message;
};

/** The cell as ONNX has it: its operator, and its order of gates. */
static const struct tc_cell_format *onnx_cell(enum tc_cell cell)
{
    return &tc_cell_describe(cell)->format[TC_EXPORT_ONNX];
}

/* ------------------------------------------------------------------------- tensors */

/** The bytes of a new initialiser; NULL without memory. Dimensions that are 0 are left out. */
static unsigned char *begin_tensor(struct tc_message *tensor, const char *name, unsigned type,
                                   const size_t dims[3])
{
    size_t values = 1;

    for (unsigned d = 0; d < 3 && dims[d]; ++d) {
        tc_message_number(tensor, TENSOR_DIM, dims[d]);
        values *= dims[d];
    }
    tc_message_number(tensor, TENSOR_TYPE, type);
    tc_message_text(tensor, TENSOR_NAME, name);
    return tc_message_space(tensor, TENSOR_BYTES, values * (type == INT64 ? 8 : 4));
}

static void put_floats(unsigned char *bytes, const float *values, size_t n)
{
    for (size_t i = 0; bytes && i < n; ++i)
        tc_put_le_float(bytes + 4 * i, values[i]);
}

static void add_tensor(struct graph *g, const char *name, const float *values, size_t a, size_t b,
                       size_t c)
{
    struct tc_message tensor = {0};

    put_floats(begin_tensor(&tensor, name, FLOAT, (const size_t[]){a, b, c}), values,
               a * (b ? b : 1) * (c ? c : 1));
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/** A list of one integer, which operators take as an input. */
static void add_index(struct graph *g, const char *name, uint64_t value)
{
    struct tc_message tensor = {0};
    unsigned char *const bytes = begin_tensor(&tensor, name, INT64, (const size_t[]){1, 0, 0});

    if (bytes)
        tc_put_le(bytes, value, 8);
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/** A layer's matrix (G*H, cols), its gates in ONNX's order, from `offset` of the parameters. */
static void put_gates(struct graph *g, unsigned layer, unsigned char *bytes, size_t offset,
                      size_t cols)
{
    const enum tc_cell cell = g->arch->layer[layer].cell;
    const size_t block = g->arch->layer[layer].hidden * cols;
    const unsigned char *const order = onnx_cell(cell)->gate;

    for (unsigned i = 0; bytes && i < tc_cell_gates(cell); ++i)
        put_floats(bytes + 4 * i * block, g->parameters + offset + order[i] * block, block);
}

static void add_matrix(struct graph *g, unsigned layer, const char *name, size_t offset,
                       size_t cols)
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const size_t rows = (size_t)tc_cell_gates(l->cell) * l->hidden;
    struct tc_message tensor = {0};

    put_gates(g, layer, begin_tensor(&tensor, name, FLOAT, (const size_t[]){1, rows, cols}), offset,
              cols);
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/** That of the inputs, then that of the state. */
static void add_biases(struct graph *g, unsigned layer, const char *name)
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const size_t rows = (size_t)tc_cell_gates(l->cell) * l->hidden;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        begin_tensor(&tensor, name, FLOAT, (const size_t[]){1, 2 * rows, 0});

    put_gates(g, layer, bytes, g->layers[layer].b_ih, 1);
    put_gates(g, layer, bytes ? bytes + 4 * rows : NULL, g->layers[layer].b_hh, 1);
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/** Ours are those of i, f, o; there they are i, o, f. */
static void add_peepholes(struct graph *g, unsigned layer, const char *name)
{
    const size_t hidden = g->arch->layer[layer].hidden;
    const float *const i = g->parameters + g->layers[layer].peephole;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        begin_tensor(&tensor, name, FLOAT, (const size_t[]){1, 3 * hidden, 0});

    put_floats(bytes, i, hidden);
    put_floats(bytes ? bytes + 4 * hidden : NULL, i + 2 * hidden, hidden);
    put_floats(bytes ? bytes + 8 * hidden : NULL, i + hidden, hidden);
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/** (O, H) on our side, (H, O) there. */
static void add_readout(struct graph *g, const char *name)
{
    const size_t outputs = g->arch->outputs, hidden = g->arch->layer[g->arch->layers - 1].hidden;
    const float *const w = g->parameters + g->readout.w;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        begin_tensor(&tensor, name, FLOAT, (const size_t[]){hidden, outputs, 0});

    for (size_t h = 0; bytes && h < hidden; ++h)
        for (size_t o = 0; o < outputs; ++o)
            tc_put_le_float(bytes + 4 * (h * outputs + o), w[o * hidden + h]);
    tc_message_nest(&g->message, GRAPH_TENSOR, &tensor);
}

/* ------------------------------------------------------------------------- values, nodes */

static void add_dim(struct tc_message *shape, size_t size, const char *name)
{
    struct tc_message dim = {0};

    if (name)
        tc_message_text(&dim, DIM_NAME, name);
    else
        tc_message_number(&dim, DIM_VALUE, size);
    tc_message_nest(shape, SHAPE_DIM, &dim);
}

/** An input or output (frames or 1, 1, units) of the graph. */
static void add_value(struct graph *g, unsigned field, const char *name, bool frames, size_t units)
{
    struct tc_message shape = {0}, tensor = {0}, type = {0}, value = {0};

    add_dim(&shape, 1, frames ? "frames" : NULL);
    add_dim(&shape, 1, NULL);
    add_dim(&shape, units, NULL);
    tc_message_number(&tensor, TENSOR_ELEMENT, FLOAT);
    tc_message_nest(&tensor, TENSOR_SHAPE, &shape);
    tc_message_nest(&type, TYPE_TENSOR, &tensor);
    tc_message_text(&value, VALUE_NAME, name);
    tc_message_nest(&value, VALUE_TYPE, &type);
    tc_message_nest(&g->message, field, &value);
}

static void begin_attribute(struct tc_message *attribute, const char *name, unsigned type)
{
    tc_message_text(attribute, ATTRIBUTE_NAME, name);
    tc_message_number(attribute, ATTRIBUTE_TYPE, type);
}

static void add_number(struct tc_message *node, const char *name, uint64_t value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_INT);
    tc_message_number(&attribute, ATTRIBUTE_INT, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}

static void add_one_float(struct tc_message *node, const char *name, float value)
{
    struct tc_message attribute = {0};

    begin_attribute(&attribute, name, TYPE_FLOATS);
    tc_message_float(&attribute, ATTRIBUTE_FLOATS, value);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
}

static void add_activation(struct tc_message *node, enum tc_activation activation)
{
    static const char *const names[] = {[TC_TANH] = "Tanh",
                                        [TC_LOGISTIC] = "Sigmoid",
                                        [TC_RELU] = "Relu",
                                        [TC_IDENTITY] = "Affine",
                                        [TC_ELU] = "Elu"};
    struct tc_message attribute = {0};

    begin_attribute(&attribute, "activations", TYPE_STRINGS);
    tc_message_text(&attribute, ATTRIBUTE_STRINGS, names[activation]);
    tc_message_nest(node, NODE_ATTRIBUTE, &attribute);
    if (activation == TC_IDENTITY || activation == TC_ELU)
        add_one_float(node, "activation_alpha", 1.0f);
    if (activation == TC_IDENTITY)
        add_one_float(node, "activation_beta", 0.0f);
}

/** Names are NULL beyond the last. */
static void begin_node(struct tc_message *node, const char *operator, const char * const inputs[],
                       const char *output)
{
    for (unsigned i = 0; inputs[i]; ++i)
        tc_message_text(node, NODE_INPUT, inputs[i]);
    tc_message_text(node, NODE_OUTPUT, output);
    tc_message_text(node, NODE_OPERATOR, operator);
}

static void add_node(struct graph *g, const char *operator, const char * const inputs[],
                     const char *output)
{
    struct tc_message node = {0};

    begin_node(&node, operator, inputs, output);
    tc_message_nest(&g->message, GRAPH_NODE, &node);
}

/* ------------------------------------------------------------------------- the network */

/** Names of a layer's tensors and signals. */
struct names {
    char w[MAX_NAME], r[MAX_NAME], b[MAX_NAME], p[MAX_NAME], h0[MAX_NAME], c0[MAX_NAME],
        hn[MAX_NAME], cn[MAX_NAME], all[MAX_NAME], out[MAX_NAME], sum[MAX_NAME], norm[MAX_NAME];
};

static void name_layer(struct names *names, unsigned layer)
{
    snprintf(names->w, MAX_NAME, "W_l%u", layer);
    snprintf(names->r, MAX_NAME, "R_l%u", layer);
    snprintf(names->b, MAX_NAME, "B_l%u", layer);
    snprintf(names->p, MAX_NAME, "P_l%u", layer);
    snprintf(names->h0, MAX_NAME, "h0_l%u", layer);
    snprintf(names->c0, MAX_NAME, "c0_l%u", layer);
    snprintf(names->hn, MAX_NAME, "hn_l%u", layer);
    snprintf(names->cn, MAX_NAME, "cn_l%u", layer);
    snprintf(names->all, MAX_NAME, "Y_l%u", layer);
    snprintf(names->out, MAX_NAME, "y_l%u", layer);
    snprintf(names->sum, MAX_NAME, "o_l%u", layer);
    snprintf(names->norm, MAX_NAME, "norm_l%u", layer);
}

/** A state goes in, with the start state where none is given, and comes out again. */
static void add_state(struct graph *g, unsigned layer, const char *in, const char *out,
                      size_t offset)
{
    const unsigned hidden = g->arch->layer[layer].hidden;

    add_tensor(g, in, g->parameters + offset, 1, 1, hidden);
    add_value(g, GRAPH_INPUT, in, false, hidden);
    add_value(g, GRAPH_OUTPUT, out, false, hidden);
}

static void add_cell(struct graph *g, unsigned layer, const struct names *n, const char *input)
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const struct tc_cell_description *const cell = tc_cell_describe(l->cell);
    const char *const inputs[] = {input,
                                  n->w,
                                  n->r,
                                  n->b,
                                  "",
                                  n->h0,
                                  cell->has_c ? n->c0 : NULL,
                                  cell->peephole ? n->p : NULL,
                                  NULL};
    struct tc_message node = {0};

    begin_node(&node, onnx_cell(l->cell)->name, inputs, n->all);
    tc_message_text(&node, NODE_OUTPUT, n->hn);
    if (cell->has_c)
        tc_message_text(&node, NODE_OUTPUT, n->cn);
    add_number(&node, "hidden_size", l->hidden);
    if (cell->reset != TC_RESET_NONE)
        add_number(&node, "linear_before_reset", cell->reset == TC_RESET_AFTER);
    if (cell->any_activation)
        add_activation(&node, l->activation);
    tc_message_nest(&g->message, GRAPH_NODE, &node);
}

/** The mean over the units, which stay as a dimension of 1. */
static void add_mean(struct graph *g, const char *input, const char *output)
{
    static const uint64_t units_axis = 2;
    struct tc_message node = {0}, attribute = {0};

    begin_node(&node, "ReduceMean", (const char *const[]){input, NULL}, output);
    begin_attribute(&attribute, "axes", TYPE_INTS);
    tc_message_number(&attribute, ATTRIBUTE_INTS, units_axis);
    tc_message_nest(&node, NODE_ATTRIBUTE, &attribute);
    tc_message_nest(&g->message, GRAPH_NODE, &node);
}

/** Operator by operator: LayerNormalization is younger than opset 14. */
static void add_norm(struct graph *g, unsigned layer, const char *input, const char *output)
{
    enum { MEAN, DEVIATION, SQUARE, VARIANCE, SUM, ROOT, STANDARD, SCALED, N_STEPS };
    static const char *const steps[N_STEPS] = {"mean", "deviation", "square",   "variance",
                                               "sum",  "root",      "standard", "scaled"};
    const size_t hidden = g->arch->layer[layer].hidden;
    char name[N_STEPS][MAX_NAME], gain[MAX_NAME], bias[MAX_NAME];

    for (unsigned i = 0; i < N_STEPS; ++i)
        snprintf(name[i], MAX_NAME, "norm_%s_l%u", steps[i], layer);
    snprintf(gain, MAX_NAME, "norm_weight_l%u", layer);
    snprintf(bias, MAX_NAME, "norm_bias_l%u", layer);
    add_tensor(g, gain, g->parameters + g->layers[layer].norm_gain, hidden, 0, 0);
    add_tensor(g, bias, g->parameters + g->layers[layer].norm_bias, hidden, 0, 0);
    add_mean(g, input, name[MEAN]);
    add_node(g, "Sub", (const char *const[]){input, name[MEAN], NULL}, name[DEVIATION]);
    add_node(g, "Mul", (const char *const[]){name[DEVIATION], name[DEVIATION], NULL}, name[SQUARE]);
    add_mean(g, name[SQUARE], name[VARIANCE]);
    add_node(g, "Add", (const char *const[]){name[VARIANCE], "norm_epsilon", NULL}, name[SUM]);
    add_node(g, "Sqrt", (const char *const[]){name[SUM], NULL}, name[ROOT]);
    add_node(g, "Div", (const char *const[]){name[DEVIATION], name[ROOT], NULL}, name[STANDARD]);
    add_node(g, "Mul", (const char *const[]){name[STANDARD], gain, NULL}, name[SCALED]);
    add_node(g, "Add", (const char *const[]){name[SCALED], bias, NULL}, output);
}

/** Writes the name of the layer's output into `signal`, which is that of its input. */
static void add_layer(struct graph *g, unsigned layer, char signal[MAX_NAME])
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const struct tc_layer_offsets *const at = &g->layers[layer];
    struct names n;

    name_layer(&n, layer);
    add_matrix(g, layer, n.w, at->w_ih, tc_layer_inputs(g->arch, layer));
    add_matrix(g, layer, n.r, at->w_hh, l->hidden);
    add_biases(g, layer, n.b);
    if (tc_cell_has_peephole(l->cell))
        add_peepholes(g, layer, n.p);
    add_state(g, layer, n.h0, n.hn, at->h0);
    if (tc_cell_has_c(l->cell))
        add_state(g, layer, n.c0, n.cn, at->c0);
    add_cell(g, layer, &n, signal);
    add_node(g, "Squeeze", (const char *const[]){n.all, "one", NULL}, n.out);
    if (tc_layer_is_residual(g->arch, layer)) {
        add_node(g, "Add", (const char *const[]){n.out, signal, NULL}, n.sum);
        strcpy(signal, n.sum);
    } else {
        strcpy(signal, n.out);
    }
    if (g->arch->layer_norm) {
        add_norm(g, layer, signal, n.norm);
        strcpy(signal, n.norm);
    }
}

/** The audio inputs times a gain, one for each output, are added. */
static void add_direct(struct graph *g, const char *sums)
{
    add_index(g, "zero", 0);
    add_index(g, "two", 2);
    add_index(g, "outputs", g->arch->outputs);
    add_tensor(g, "direct.gain", &g->arch->direct, 1, 0, 0);
    add_node(g, "Slice", (const char *const[]){"input", "zero", "outputs", "two", NULL}, "audio");
    add_node(g, "Mul", (const char *const[]){"audio", "direct.gain", NULL}, "direct");
    add_node(g, "Add", (const char *const[]){"network", "direct", NULL}, sums);
}

static void add_network(struct graph *g)
{
    const struct tc_architecture *const arch = g->arch;
    static const char *const readouts[] = {
        [TC_READOUT_LOGISTIC] = "Sigmoid", [TC_READOUT_SOFTMAX] = "Softmax"};
    static const float epsilon = (float)TC_NORM_EPSILON;
    const bool direct = arch->direct != 0.0f, linear = arch->readout == TC_READOUT_LINEAR;
    const char *const sums = linear ? "output" : "sums";
    char signal[MAX_NAME] = "input";

    tc_message_text(&g->message, GRAPH_NAME, "tonecell");
    add_value(g, GRAPH_INPUT, signal, true, arch->audio_inputs + arch->knobs);
    add_value(g, GRAPH_OUTPUT, "output", true, arch->outputs);
    add_index(g, "one", 1);
    if (arch->layer_norm)
        add_tensor(g, "norm_epsilon", &epsilon, 1, 0, 0);
    for (unsigned l = 0; l < arch->layers; ++l)
        add_layer(g, l, signal);
    add_readout(g, "lin.weight");
    add_tensor(g, "lin.bias", g->parameters + g->readout.b, arch->outputs, 0, 0);
    add_node(g, "MatMul", (const char *const[]){signal, "lin.weight", NULL}, "product");
    add_node(g, "Add", (const char *const[]){"product", "lin.bias", NULL},
             direct ? "network" : sums);
    if (direct)
        add_direct(g, sums);
    if (!linear)
        add_node(g, readouts[arch->readout], (const char *const[]){sums, NULL}, "output");
}

/* ------------------------------------------------------------------------- the file */

static void add_property(struct tc_message *file, const char *key, const char *value)
{
    struct tc_message entry = {0};

    if (!value[0])
        return;
    tc_message_text(&entry, ENTRY_KEY, key);
    tc_message_text(&entry, ENTRY_VALUE, value);
    tc_message_nest(file, MODEL_PROPERTY, &entry);
}

/** What ONNX has no place for: the rate, and which inputs are knobs. */
static void add_properties(struct tc_message *file, const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    char key[MAX_NAME], number[MAX_NAME] = "";
    json_t *const rate = meta->sample_rate_hz > 0.0 ? json_real(meta->sample_rate_hz) : NULL;
    char *const text = tc_json_dump(rate, JSON_ENCODE_ANY);

    if (text)
        snprintf(number, sizeof number, "%s", text);
    file->failed |= meta->sample_rate_hz > 0.0 && !text;
    free(text);
    json_decref(rate);
    add_property(file, "sample_rate", number);
    add_property(file, "name", meta->name);
    add_property(file, "author", meta->author);
    add_property(file, "licence", meta->licence);
    for (unsigned k = 0; k < arch->knobs; ++k) {
        snprintf(key, sizeof key, "input_%u", arch->audio_inputs + k);
        add_property(file, key, meta->knob[k].name);
    }
}

static void add_file(struct tc_message *file, const struct tc_model *model)
{
    struct tc_message opset = {0};
    struct graph g = {.arch = tc_model_architecture(model),
                      .parameters = tc_model_parameters(model)};

    tc_parameter_offsets(g.arch, g.layers, &g.readout);
    add_network(&g);
    tc_message_number(file, MODEL_IR, IR_VERSION);
    tc_message_text(file, MODEL_PRODUCER, "tonecell");
    tc_message_text(file, MODEL_PRODUCER_VERSION, tc_version());
    tc_message_nest(file, MODEL_GRAPH, &g.message);
    tc_message_number(&opset, OPSET_VERSION, OPSET);
    tc_message_nest(file, MODEL_OPSET, &opset);
    add_properties(file, model);
}

static enum tc_status check_activations(const struct tc_architecture *arch, struct tc_error *error)
{
    for (unsigned l = 0; l < arch->layers; ++l)
        if (arch->layer[l].activation == TC_MODRELU || arch->layer[l].activation == TC_SOFTMAX)
            return tc_fail(error, TC_UNSUPPORTED, "ONNX has no RNN with %s, but layer %u is one",
                           tc_activation_name(arch->layer[l].activation), l);
    return TC_OK;
}

enum tc_status tc_onnx_write(const struct tc_model *model, unsigned char **bytes, size_t *size,
                             struct tc_error *error)
{
    struct tc_message file = {0};
    struct tc_model *plain = NULL;
    enum tc_status status = check_activations(tc_model_architecture(model), error);

    if (status == TC_OK)
        status = tc_model_plain(model, false, &plain, error);
    if (status)
        return status;
    add_file(&file, plain);
    tc_model_free(plain);
    if (file.failed) {
        free(file.bytes);
        return tc_fail(error, TC_NO_MEMORY, "no memory for the ONNX of a model");
    }
    *bytes = file.bytes;
    *size = file.size;
    return TC_OK;
}
