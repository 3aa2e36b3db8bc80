/* The network and its Jacobian, layer by layer.
 *
 * Jacobian ds_t/ds_(t-1) in double precision, for diagnose; the gradient that trains is in
 * core/train/kernels. The Jacobian is block lower triangular: a layer's state depends on its own
 * state and on those of the layers below. */
#include "train/exact/network_jacobian.h"

#include "cells/layer_norm.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

static tc_jacobian_step *const jacobian_steps[TC_CELLS] = {
#define TC_CELL_ROW(cell, name, equations, ...) [cell] = tc_jacobian_##equations,
#include "model/cell_rows.h"
};

/* Units of the widest layer. */
static size_t widest(const struct tc_architecture *arch)
{
    size_t most = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        most = arch->layer[l].hidden > most ? arch->layer[l].hidden : most;
    return most;
}

/* Set shapes and offsets in the state; returns the number of doubles that derivatives, gates and
 * outputs take. */
static size_t set_shapes(struct tc_jacobian_network *network, const struct tc_architecture *arch)
{
    size_t doubles = 0;

    network->layers = arch->layers;
    network->inputs = tc_layer_inputs(arch, 0);
    network->outputs = arch->outputs;
    network->norm = arch->layer_norm;
    for (unsigned l = 0; l < arch->layers; ++l) {
        struct tc_jacobian_layer *const layer = &network->layer[l];
        const size_t H = arch->layer[l].hidden, inputs = tc_layer_inputs(arch, l);
        const struct tc_cell_description *const cell =
            &tc_cell_table[arch->layer[l].cell].description;
        const unsigned states = cell->has_c ? 2 : 1;

        *layer = (struct tc_jacobian_layer){.cell = cell,
                                            .activation = arch->layer[l].activation,
                                            .inputs = inputs,
                                            .hidden = H,
                                            .states = states,
                                            .step = jacobian_steps[arch->layer[l].cell]};
        network->residual[l] = tc_layer_is_residual(arch, l);
        network->offset[l] = network->states;
        network->states += states * H;
        doubles += states * H * inputs + H + 2 * cell->gates * H + H;
    }
    return doubles + widest(arch) * (network->states + 1);
}

static void set_pointers(struct tc_jacobian_network *network, const struct tc_architecture *arch,
                         double *next)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    const double *const values = network->memory;

    tc_parameter_offsets(arch, at, &readout);
    network->readout = values + readout.w;
    for (unsigned l = 0; l < network->layers; ++l) {
        struct tc_jacobian_layer *const layer = &network->layer[l];

        layer->w_ih = values + at[l].w_ih;
        layer->w_hh = values + at[l].w_hh;
        layer->b_ih = values + at[l].b_ih;
        layer->b_hh = values + at[l].b_hh;
        layer->peephole = layer->cell->peephole ? values + at[l].peephole : NULL;
        network->derivatives[l].pitch = network->states;
        network->derivatives[l].by_input = next;
        network->derivatives[l].h_by_c = next + layer->states * layer->hidden * layer->inputs;
        network->gates[l] = network->derivatives[l].h_by_c + layer->hidden;
        network->standardised[l] = network->gates[l] + 2 * layer->cell->gates * layer->hidden;
        network->norm_gain[l] = values + at[l].norm_gain;
        network->norm_bias[l] = values + at[l].norm_bias;
        next = network->standardised[l] + layer->hidden;
    }
    network->output = next;
    network->output_by_state = next + widest(arch);
}

struct tc_jacobian_network *tc_jacobian_network_new(const struct tc_model *model)
{
    struct tc_jacobian_network *const network = calloc(1, sizeof *network);
    size_t values;

    tc_architecture_tensors(&model->arch, NULL, &values);
    if (network)
        network->memory =
            calloc(values + set_shapes(network, &model->arch), sizeof *network->memory);
    if (!network || !network->memory) {
        tc_jacobian_network_free(network);
        return NULL;
    }
    for (size_t i = 0; i < values; ++i)
        network->memory[i] = (double)model->parameters[i];
    set_pointers(network, &model->arch, network->memory + values);
    return network;
}

void tc_jacobian_network_free(struct tc_jacobian_network *network)
{
    if (network)
        free(network->memory);
    free(network);
}

void tc_jacobian_initial_state(const struct tc_model *model, const float *parameters, double *state)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(&model->arch, at, &readout);
    for (unsigned l = 0; l < model->arch.layers; ++l) {
        const size_t H = model->arch.layer[l].hidden;
        const unsigned states = tc_cell_has_c(model->arch.layer[l].cell) ? 2 : 1;

        for (size_t j = 0; j < H; ++j)
            *state++ = (double)parameters[at[l].h0 + j];
        for (size_t j = 0; states == 2 && j < H; ++j)
            *state++ = (double)parameters[at[l].c0 + j];
    }
}

/* The part of layer l's Jacobian that belongs to the layers below, by the chain rule:
 *      ds_l / ds' = (ds_l / dx) (do_(l-1) / ds')       since x = o_(l-1) */
static void chain_below(const struct tc_jacobian_network *network, unsigned l, double *jacobian)
{
    const struct tc_jacobian_layer *const layer = &network->layer[l];
    const size_t n = network->states, below = network->offset[l], inputs = layer->inputs;

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(layer->states * layer->hidden),
                (int)below, (int)inputs, 1.0, network->derivatives[l].by_input, (int)inputs,
                network->output_by_state, (int)n, 0.0, jacobian + below * n, (int)n);
}

/* Layer normalisation (Ba, Kiros & Hinton 2016) of a layer's output v:
 *      x = (v - m) / d,   m = mean of v,   d = sqrt(mean of (v - m)^2 + 1e-5),   o = gain x + bias
 */
static void normalise(struct tc_jacobian_network *network, unsigned l)
{
    const size_t H = network->layer[l].hidden;
    double *const o = network->output, *const x = network->standardised[l], mean = 0.0,
                  square = 0.0;

    for (size_t j = 0; j < H; ++j)
        mean += o[j] / (double)H;
    for (size_t j = 0; j < H; ++j)
        square += (o[j] - mean) * (o[j] - mean) / (double)H;
    network->deviation[l] = sqrt(square + TC_NORM_EPSILON);
    for (size_t j = 0; j < H; ++j) {
        x[j] = (o[j] - mean) / network->deviation[l];
        o[j] = network->norm_gain[l][j] * x[j] + network->norm_bias[l][j];
    }
}

/* do_j = gain_j (dv_j - mean of dv - x_j mean of (x dv)) / d, for each column of dv/ds (H, n). */
static void normalise_derivatives(const struct tc_jacobian_network *network, unsigned l, double *dv)
{
    const size_t H = network->layer[l].hidden, n = network->states;
    const double *const x = network->standardised[l];

    for (size_t i = 0; i < n; ++i) {
        double mean = 0.0, along = 0.0;

        for (size_t j = 0; j < H; ++j) {
            mean += dv[j * n + i] / (double)H;
            along += x[j] * dv[j * n + i] / (double)H;
        }
        for (size_t j = 0; j < H; ++j)
            dv[j * n + i] = network->norm_gain[l][j] * (dv[j * n + i] - mean - x[j] * along) /
                            network->deviation[l];
    }
}

void tc_jacobian_norm_backward(const struct tc_jacobian_network *network, unsigned l,
                               double *gradient)
{
    const size_t H = network->norm ? network->layer[l].hidden : 0;
    const double *const x = network->standardised[l];
    double mean = 0.0, along = 0.0;

    for (size_t j = 0; j < H; ++j) {
        gradient[j] *= network->norm_gain[l][j];
        mean += gradient[j] / (double)H;
        along += x[j] * gradient[j] / (double)H;
    }
    for (size_t j = 0; j < H; ++j)
        gradient[j] = (gradient[j] - mean - x[j] * along) / network->deviation[l];
}

/* The output o of a layer and, unless the Jacobian is NULL, do / ds by the state before. */
static void layer_output(struct tc_jacobian_network *network, unsigned l, const double *state,
                         const double *jacobian)
{
    const size_t H = network->layer[l].hidden, doubles = H * network->states;
    const double *const h = state + network->offset[l];
    const double *const dh = jacobian ? jacobian + network->offset[l] * network->states : NULL;

    if (network->residual[l]) {
        tc_jacobian_add(network->output, 1.0, h, H);
        if (dh)
            tc_jacobian_add(network->output_by_state, 1.0, dh, doubles);
    } else {
        memcpy(network->output, h, H * sizeof *h);
        if (dh)
            memcpy(network->output_by_state, dh, doubles * sizeof *dh);
    }
    if (network->norm) {
        normalise(network, l);
        if (dh)
            normalise_derivatives(network, l, network->output_by_state);
    }
}

void tc_jacobian_advance(struct tc_jacobian_network *network, const double *input, double *state,
                         double *jacobian)
{
    const size_t n = network->states;

    if (jacobian)
        memset(jacobian, 0, n * n * sizeof *jacobian);
    for (unsigned l = 0; l < network->layers; ++l) {
        const struct tc_jacobian_layer *const layer = &network->layer[l];
        const double *const x = l ? network->output : input;
        struct tc_jacobian_derivatives *const derivatives = &network->derivatives[l];

        if (jacobian) {
            derivatives->by_state = jacobian + network->offset[l] * (n + 1);
            memset(derivatives->by_input, 0,
                   layer->states * layer->hidden * layer->inputs * sizeof *jacobian);
        }
        layer->step(layer, x, state + network->offset[l], network->gates[l],
                    jacobian ? derivatives : NULL);
        if (jacobian && l)
            chain_below(network, l, jacobian);
        layer_output(network, l, state, jacobian);
    }
}
