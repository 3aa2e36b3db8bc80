#include "cells/layer_norm.h"
#include "formats/json.h"
#include "formats/writers/onnx.h"
#include "formats/writers/plain.h"
#include "formats/writers/writers.h"
#include "model/bytes.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IR_VERSION = 7, OPSET = 14 };

/* Field numbers of onnx.proto3. */
enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_PRODUCER_VERSION = 3, MODEL_GRAPH = 7 };
enum { MODEL_OPSET = 8, MODEL_PROPERTY = 14, OPSET_VERSION = 2, ENTRY_KEY = 1, ENTRY_VALUE = 2 };
enum { GRAPH_NAME = 2 };

enum { MAX_NAME = 32 };

/** A graph being built. */
struct graph {
    const struct tc_architecture *arch;
    const float *parameters;
    struct tc_layer_offsets layers[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_message message;
};

/** The cell's operator in ONNX, and its order of gates. */
static const struct tc_cell_format *onnx_cell(enum tc_cell cell)
{
    return &tc_cell_describe(cell)->format[TC_EXPORT_ONNX];
}

/* ------------------------------------------------------------------------- tensors */

/** Write a layer's matrix (G*H, cols) at `offset` of the parameters, its gates in ONNX's order. */
static void put_gates(struct graph *g, unsigned layer, unsigned char *bytes, size_t offset,
                      size_t cols)
{
    const enum tc_cell cell = g->arch->layer[layer].cell;
    const size_t block = g->arch->layer[layer].hidden * cols;
    const unsigned char *const order = onnx_cell(cell)->gate;

    for (unsigned i = 0; bytes && i < tc_cell_gates(cell); ++i)
        tc_onnx_put_floats(bytes + 4 * i * block, g->parameters + offset + order[i] * block, block);
}

static void add_matrix(struct graph *g, unsigned layer, const char *name, size_t offset,
                       size_t cols)
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const size_t rows = (size_t)tc_cell_gates(l->cell) * l->hidden;
    struct tc_message tensor = {0};

    put_gates(g, layer, tc_onnx_tensor_begin(&tensor, name, (const size_t[]){1, rows, cols}),
              offset, cols);
    tc_onnx_tensor_end(&g->message, &tensor);
}

/** The input bias, then the recurrent bias. */
static void add_biases(struct graph *g, unsigned layer, const char *name)
{
    const struct tc_layer *const l = &g->arch->layer[layer];
    const size_t rows = (size_t)tc_cell_gates(l->cell) * l->hidden;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        tc_onnx_tensor_begin(&tensor, name, (const size_t[]){1, 2 * rows, 0});

    put_gates(g, layer, bytes, g->layers[layer].b_ih, 1);
    put_gates(g, layer, bytes ? bytes + 4 * rows : NULL, g->layers[layer].b_hh, 1);
    tc_onnx_tensor_end(&g->message, &tensor);
}

/** Stored as i, f, o; ONNX has i, o, f. */
static void add_peepholes(struct graph *g, unsigned layer, const char *name)
{
    const size_t hidden = g->arch->layer[layer].hidden;
    const float *const i = g->parameters + g->layers[layer].peephole;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        tc_onnx_tensor_begin(&tensor, name, (const size_t[]){1, 3 * hidden, 0});

    tc_onnx_put_floats(bytes, i, hidden);
    tc_onnx_put_floats(bytes ? bytes + 4 * hidden : NULL, i + 2 * hidden, hidden);
    tc_onnx_put_floats(bytes ? bytes + 8 * hidden : NULL, i + hidden, hidden);
    tc_onnx_tensor_end(&g->message, &tensor);
}

/** The readout's matrix, transposed: stored as (O, H), multiplied as (H, O). */
static void add_readout(struct graph *g, const char *name)
{
    const size_t outputs = g->arch->outputs, hidden = g->arch->layer[g->arch->layers - 1].hidden;
    const float *const w = g->parameters + g->readout.w;
    struct tc_message tensor = {0};
    unsigned char *const bytes =
        tc_onnx_tensor_begin(&tensor, name, (const size_t[]){hidden, outputs, 0});

    for (size_t h = 0; bytes && h < hidden; ++h)
        for (size_t o = 0; o < outputs; ++o)
            tc_put_le_float(bytes + 4 * (h * outputs + o), w[o * hidden + h]);
    tc_onnx_tensor_end(&g->message, &tensor);
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

/** A state is an input, by default the initial state, and an output. */
static void add_state(struct graph *g, unsigned layer, const char *in, const char *out,
                      size_t offset)
{
    const unsigned hidden = g->arch->layer[layer].hidden;

    tc_onnx_add_tensor(&g->message, in, g->parameters + offset, (const size_t[]){1, 1, hidden});
    tc_onnx_add_input(&g->message, in, false, hidden);
    tc_onnx_add_output(&g->message, out, false, hidden);
}

static void add_activation(struct tc_message *node, enum tc_activation activation)
{
    static const char *const names[] = {[TC_TANH] = "Tanh",
                                        [TC_LOGISTIC] = "Sigmoid",
                                        [TC_RELU] = "Relu",
                                        [TC_IDENTITY] = "Affine",
                                        [TC_ELU] = "Elu"};

    tc_onnx_add_strings(node, "activations", names[activation]);
    if (activation == TC_IDENTITY || activation == TC_ELU)
        tc_onnx_add_floats(node, "activation_alpha", 1.0f);
    if (activation == TC_IDENTITY)
        tc_onnx_add_floats(node, "activation_beta", 0.0f);
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

    tc_onnx_node_begin(&node, onnx_cell(l->cell)->name, inputs, n->all);
    tc_onnx_node_output(&node, n->hn);
    if (cell->has_c)
        tc_onnx_node_output(&node, n->cn);
    tc_onnx_add_int(&node, "hidden_size", l->hidden);
    if (cell->reset != TC_RESET_NONE)
        tc_onnx_add_int(&node, "linear_before_reset", cell->reset == TC_RESET_AFTER);
    if (cell->any_activation)
        add_activation(&node, l->activation);
    tc_onnx_node_end(&g->message, &node);
}

/** The mean over the units; their dimension becomes 1. */
static void add_mean(struct graph *g, const char *input, const char *output)
{
    static const uint64_t units_axis = 2;
    struct tc_message node = {0};

    tc_onnx_node_begin(&node, "ReduceMean", (const char *const[]){input, NULL}, output);
    tc_onnx_add_ints(&node, "axes", units_axis);
    tc_onnx_node_end(&g->message, &node);
}

/** Layer normalisation from basic operators: LayerNormalization came after opset 14. */
static void add_norm(struct graph *g, unsigned layer, const char *input, const char *output)
{
    struct tc_message *const graph = &g->message;
    enum { MEAN, DEVIATION, SQUARE, VARIANCE, SUM, ROOT, STANDARD, SCALED, N_STEPS };
    static const char *const steps[N_STEPS] = {"mean", "deviation", "square",   "variance",
                                               "sum",  "root",      "standard", "scaled"};
    const size_t hidden = g->arch->layer[layer].hidden;
    char name[N_STEPS][MAX_NAME], gain[MAX_NAME], bias[MAX_NAME];

    for (unsigned i = 0; i < N_STEPS; ++i)
        snprintf(name[i], MAX_NAME, "norm_%s_l%u", steps[i], layer);
    snprintf(gain, MAX_NAME, "norm_weight_l%u", layer);
    snprintf(bias, MAX_NAME, "norm_bias_l%u", layer);
    tc_onnx_add_tensor(graph, gain, g->parameters + g->layers[layer].norm_gain,
                       (const size_t[]){hidden, 0, 0});
    tc_onnx_add_tensor(graph, bias, g->parameters + g->layers[layer].norm_bias,
                       (const size_t[]){hidden, 0, 0});
    add_mean(g, input, name[MEAN]);
    tc_onnx_add_node(graph, "Sub", (const char *const[]){input, name[MEAN], NULL}, name[DEVIATION]);
    tc_onnx_add_node(graph, "Mul", (const char *const[]){name[DEVIATION], name[DEVIATION], NULL},
                     name[SQUARE]);
    add_mean(g, name[SQUARE], name[VARIANCE]);
    tc_onnx_add_node(graph, "Add", (const char *const[]){name[VARIANCE], "norm_epsilon", NULL},
                     name[SUM]);
    tc_onnx_add_node(graph, "Sqrt", (const char *const[]){name[SUM], NULL}, name[ROOT]);
    tc_onnx_add_node(graph, "Div", (const char *const[]){name[DEVIATION], name[ROOT], NULL},
                     name[STANDARD]);
    tc_onnx_add_node(graph, "Mul", (const char *const[]){name[STANDARD], gain, NULL}, name[SCALED]);
    tc_onnx_add_node(graph, "Add", (const char *const[]){name[SCALED], bias, NULL}, output);
}

/** Add a layer. `signal`: the name of its input, replaced by that of its output. */
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
    tc_onnx_add_node(&g->message, "Squeeze", (const char *const[]){n.all, "one", NULL}, n.out);
    if (tc_layer_is_residual(g->arch, layer)) {
        tc_onnx_add_node(&g->message, "Add", (const char *const[]){n.out, signal, NULL}, n.sum);
        strcpy(signal, n.sum);
    } else {
        strcpy(signal, n.out);
    }
    if (g->arch->layer_norm) {
        add_norm(g, layer, signal, n.norm);
        strcpy(signal, n.norm);
    }
}

/** Add the direct path: the audio inputs, one per output, times a gain. */
static void add_direct(struct graph *g, const char *sums)
{
    struct tc_message *const graph = &g->message;

    tc_onnx_add_index(graph, "zero", 0);
    tc_onnx_add_index(graph, "two", 2);
    tc_onnx_add_index(graph, "outputs", g->arch->outputs);
    tc_onnx_add_tensor(graph, "direct.gain", &g->arch->direct, (const size_t[]){1, 0, 0});
    tc_onnx_add_node(graph, "Slice", (const char *const[]){"input", "zero", "outputs", "two", NULL},
                     "audio");
    tc_onnx_add_node(graph, "Mul", (const char *const[]){"audio", "direct.gain", NULL}, "direct");
    tc_onnx_add_node(graph, "Add", (const char *const[]){"network", "direct", NULL}, sums);
}

static void add_network(struct graph *g)
{
    const struct tc_architecture *const arch = g->arch;
    struct tc_message *const graph = &g->message;
    static const char *const readouts[] = {
        [TC_READOUT_LOGISTIC] = "Sigmoid", [TC_READOUT_SOFTMAX] = "Softmax"};
    static const float epsilon = (float)TC_NORM_EPSILON;
    const bool direct = arch->direct != 0.0f, linear = arch->readout == TC_READOUT_LINEAR;
    const char *const sums = linear ? "output" : "sums";
    char signal[MAX_NAME] = "input";

    tc_message_text(graph, GRAPH_NAME, "tonecell");
    tc_onnx_add_input(graph, signal, true, arch->audio_inputs + arch->knobs);
    tc_onnx_add_output(graph, "output", true, arch->outputs);
    tc_onnx_add_index(graph, "one", 1);
    if (arch->layer_norm)
        tc_onnx_add_tensor(graph, "norm_epsilon", &epsilon, (const size_t[]){1, 0, 0});
    for (unsigned l = 0; l < arch->layers; ++l)
        add_layer(g, l, signal);
    add_readout(g, "lin.weight");
    tc_onnx_add_tensor(graph, "lin.bias", g->parameters + g->readout.b,
                       (const size_t[]){arch->outputs, 0, 0});
    tc_onnx_add_node(graph, "MatMul", (const char *const[]){signal, "lin.weight", NULL}, "product");
    tc_onnx_add_node(graph, "Add", (const char *const[]){"product", "lin.bias", NULL},
                     direct ? "network" : sums);
    if (direct)
        add_direct(g, sums);
    if (!linear)
        tc_onnx_add_node(graph, readouts[arch->readout], (const char *const[]){sums, NULL},
                         "output");
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

/** Metadata for which ONNX has no field: the sample rate, texts, and which inputs are knobs. */
static void add_properties(struct tc_message *file, const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    const double rate_hz = tc_stated_rate_hz(model);
    char key[MAX_NAME], number[MAX_NAME] = "";
    json_t *const rate = rate_hz > 0.0 ? json_real(rate_hz) : NULL;
    char *const text = tc_json_dump(rate, JSON_ENCODE_ANY);

    if (text)
        snprintf(number, sizeof number, "%s", text);
    file->failed |= rate_hz > 0.0 && !text;
    free(text);
    json_decref(rate);
    add_property(file, "sample_rate", number);
    add_property(file, "name", meta->name);
    add_property(file, "author", meta->author);
    add_property(file, "licence", meta->licence);
    if (tc_model_control(model) == TC_CONTROL_AUDIO)
        add_property(file, "input_1", meta->control);
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
