#include "train/exact/network_jacobian.h"

#include "cells/norm.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

const struct tc_exact_cell *tc_exact_cell_of(const struct tc_layer *layer)
{
    switch (layer->cell) {
    case TC_CELL_RNN:
        return &tc_exact_rnn;
    case TC_CELL_LSTM:
    case TC_CELL_LSTM_PEEPHOLE:
        return &tc_exact_lstm;
    case TC_CELL_GRU:
        return &tc_exact_gru;
    case TC_CELL_GRU_RESET_BEFORE:
        return &tc_exact_gru_reset_before;
    }
    return NULL;
}

/* Units of the widest layer. */
static size_t widest(const struct tc_architecture *arch)
{
    size_t most = 0;

    for (unsigned l = 0; l < arch->layers; ++l)
        most = arch->layer[l].hidden > most ? arch->layer[l].hidden : most;
    return most;
}

/* Shapes and places in the state; returns the doubles that slopes, gates and what layers hand on
 * take. */
static size_t measure(struct tc_exact *exact, const struct tc_architecture *arch)
{
    size_t doubles = 0;

    exact->layers = arch->layers;
    exact->inputs = arch->audio_inputs + arch->knobs;
    exact->outputs = arch->outputs;
    exact->norm = arch->layer_norm;
    for (unsigned l = 0; l < arch->layers; ++l) {
        struct tc_exact_layer *const layer = &exact->layer[l];
        const size_t H = arch->layer[l].hidden, inputs = tc_layer_inputs(arch, l);
        const struct tc_exact_cell *const cell = tc_exact_cell_of(&arch->layer[l]);

        *layer = (struct tc_exact_layer){
            .cell = cell, .activation = arch->layer[l].activation, .inputs = inputs, .hidden = H};
        exact->residual[l] = tc_layer_is_residual(arch, l);
        exact->offset[l] = exact->states;
        exact->states += cell->states * H;
        doubles += cell->states * H * inputs + H + 2 * cell->gates * H + H;
    }
    return doubles + widest(arch) * (exact->states + 1);
}

static void lay_out(struct tc_exact *exact, const struct tc_architecture *arch, double *next)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    const double *const values = exact->memory;

    tc_parameter_offsets(arch, at, &readout);
    exact->readout = values + readout.w;
    for (unsigned l = 0; l < exact->layers; ++l) {
        struct tc_exact_layer *const layer = &exact->layer[l];

        layer->w_ih = values + at[l].w_ih;
        layer->w_hh = values + at[l].w_hh;
        layer->b_ih = values + at[l].b_ih;
        layer->b_hh = values + at[l].b_hh;
        layer->peephole =
            arch->layer[l].cell == TC_CELL_LSTM_PEEPHOLE ? values + at[l].peephole : NULL;
        exact->of[l].pitch = exact->states;
        exact->of[l].by_input = next;
        exact->of[l].h_by_c = next + layer->cell->states * layer->hidden * layer->inputs;
        exact->work[l] = exact->of[l].h_by_c + layer->hidden;
        exact->standard[l] = exact->work[l] + 2 * layer->cell->gates * layer->hidden;
        exact->norm_gain[l] = values + at[l].norm_gain;
        exact->norm_bias[l] = values + at[l].norm_bias;
        next = exact->standard[l] + layer->hidden;
    }
    exact->said = next;
    exact->by_state = next + widest(arch);
}

struct tc_exact *tc_exact_new(const struct tc_model *model)
{
    struct tc_exact *const exact = calloc(1, sizeof *exact);
    size_t values;

    tc_architecture_tensors(&model->arch, NULL, &values);
    if (exact)
        exact->memory = calloc(values + measure(exact, &model->arch), sizeof *exact->memory);
    if (!exact || !exact->memory) {
        tc_exact_free(exact);
        return NULL;
    }
    for (size_t i = 0; i < values; ++i)
        exact->memory[i] = (double)model->parameters[i];
    lay_out(exact, &model->arch, exact->memory + values);
    return exact;
}

void tc_exact_free(struct tc_exact *exact)
{
    if (exact)
        free(exact->memory);
    free(exact);
}

void tc_exact_state(const struct tc_model *model, const float *parameters, double *state)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(&model->arch, at, &readout);
    for (unsigned l = 0; l < model->arch.layers; ++l) {
        const size_t H = model->arch.layer[l].hidden;
        const unsigned states = tc_exact_cell_of(&model->arch.layer[l])->states;

        for (size_t j = 0; j < H; ++j)
            *state++ = (double)parameters[at[l].h0 + j];
        for (size_t j = 0; states == 2 && j < H; ++j)
            *state++ = (double)parameters[at[l].c0 + j];
    }
}

/* What layer l takes over from the layers below: its own slope by its input, which is their o. */
static void reach_below(const struct tc_exact *exact, unsigned l, double *jacobian)
{
    const struct tc_exact_layer *const layer = &exact->layer[l];
    const size_t n = exact->states, below = exact->offset[l], inputs = layer->inputs;

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans,
                (int)(layer->cell->states * layer->hidden), (int)below, (int)inputs, 1.0,
                exact->of[l].by_input, (int)inputs, exact->by_state, (int)n, 0.0,
                jacobian + below * n, (int)n);
}

/* x = (s - m) / d,   d = sqrt(mean of (s - m)^2 + 1e-5),   o = gain x + bias */
static void normalise(struct tc_exact *exact, unsigned l)
{
    const size_t H = exact->layer[l].hidden;
    double *const o = exact->said, *const x = exact->standard[l], mean = 0.0, square = 0.0;

    for (size_t j = 0; j < H; ++j)
        mean += o[j] / (double)H;
    for (size_t j = 0; j < H; ++j)
        square += (o[j] - mean) * (o[j] - mean) / (double)H;
    exact->deviation[l] = sqrt(square + TC_NORM_EPSILON);
    for (size_t j = 0; j < H; ++j) {
        x[j] = (o[j] - mean) / exact->deviation[l];
        o[j] = exact->norm_gain[l][j] * x[j] + exact->norm_bias[l][j];
    }
}

/* do_j = gain_j (ds_j - mean of ds - x_j mean of (x ds)) / d, of each column of slopes (H, n). */
static void normalise_slopes(const struct tc_exact *exact, unsigned l, double *slope)
{
    const size_t H = exact->layer[l].hidden, n = exact->states;
    const double *const x = exact->standard[l];

    for (size_t i = 0; i < n; ++i) {
        double mean = 0.0, along = 0.0;

        for (size_t j = 0; j < H; ++j) {
            mean += slope[j * n + i] / (double)H;
            along += x[j] * slope[j * n + i] / (double)H;
        }
        for (size_t j = 0; j < H; ++j)
            slope[j * n + i] = exact->norm_gain[l][j] * (slope[j * n + i] - mean - x[j] * along) /
                               exact->deviation[l];
    }
}

void tc_exact_norm_back(const struct tc_exact *exact, unsigned l, double *gradient)
{
    const size_t H = exact->norm ? exact->layer[l].hidden : 0;
    const double *const x = exact->standard[l];
    double mean = 0.0, along = 0.0;

    for (size_t j = 0; j < H; ++j) {
        gradient[j] *= exact->norm_gain[l][j];
        mean += gradient[j] / (double)H;
        along += x[j] * gradient[j] / (double)H;
    }
    for (size_t j = 0; j < H; ++j)
        gradient[j] = (gradient[j] - mean - x[j] * along) / exact->deviation[l];
}

/* o of a layer, and its slope by the state before the frame if there is a Jacobian. */
static void hand_on(struct tc_exact *exact, unsigned l, const double *state, const double *jacobian)
{
    const size_t H = exact->layer[l].hidden, doubles = H * exact->states;
    const double *const h = state + exact->offset[l];
    const double *const slope = jacobian ? jacobian + exact->offset[l] * exact->states : NULL;

    if (exact->residual[l]) {
        tc_exact_add(exact->said, 1.0, h, H);
        if (slope)
            tc_exact_add(exact->by_state, 1.0, slope, doubles);
    } else {
        memcpy(exact->said, h, H * sizeof *h);
        if (slope)
            memcpy(exact->by_state, slope, doubles * sizeof *slope);
    }
    if (exact->norm) {
        normalise(exact, l);
        if (slope)
            normalise_slopes(exact, l, exact->by_state);
    }
}

void tc_exact_frame(struct tc_exact *exact, const double *input, double *state, double *jacobian)
{
    const size_t n = exact->states;

    if (jacobian)
        memset(jacobian, 0, n * n * sizeof *jacobian);
    for (unsigned l = 0; l < exact->layers; ++l) {
        const struct tc_exact_layer *const layer = &exact->layer[l];
        const double *const x = l ? exact->said : input;
        struct tc_exact_slopes *const slopes = &exact->of[l];

        if (jacobian) {
            slopes->by_state = jacobian + exact->offset[l] * (n + 1);
            memset(slopes->by_input, 0,
                   layer->cell->states * layer->hidden * layer->inputs * sizeof *jacobian);
        }
        layer->cell->step(layer, x, state + exact->offset[l], exact->work[l],
                          jacobian ? slopes : NULL);
        if (jacobian && l)
            reach_below(exact, l, jacobian);
        hand_on(exact, l, state, jacobian);
    }
}
