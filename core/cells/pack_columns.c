#include "cells/cells.h"

#include <string.h>

size_t tc_cell_packed_size(const struct tc_layer_weights *layer)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(layer->cell);
    const size_t rows = slots->input.count * layer->inputs +
                        (slots->state.count + slots->reset.count) * layer->hidden;

    return (rows + slots->count + tc_cell_peepholes(layer->cell)) * layer->hidden;
}

size_t tc_cell_scratch(const struct tc_layer_weights *layer)
{
    return tc_cell_slots(layer->cell)->count * layer->hidden;
}

struct tc_cell_weights tc_cell_unpack(const float *packed, enum tc_cell cell, size_t inputs,
                                      size_t hidden)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);
    struct tc_cell_weights weights = {.inputs = inputs, .hidden = hidden, .w_ih = packed};

    weights.w_hh = weights.w_ih + slots->input.count * hidden * inputs;
    weights.w_hn = weights.w_hh + slots->state.count * hidden * hidden;
    weights.b = weights.w_hn + slots->reset.count * hidden * hidden;
    weights.peephole = weights.b + slots->count * hidden;
    return weights;
}

/* The columns of row-major w (G*n, cols), of the gates that feed some slots. */
static float *pack_columns(float *packed, const struct tc_fed_slots *fed, const float *w, size_t n,
                           size_t cols)
{
    for (size_t c = 0; c < cols; ++c)
        for (size_t s = 0; s < fed->count; ++s)
            for (size_t u = 0; u < n; ++u)
                *packed++ = w[(fed->gates[s] * n + u) * cols + c];
    return packed;
}

/* Add b (G*n) to the biases of the slots that it feeds. */
static void add_bias(float *biases, const struct tc_fed_slots *fed, const float *b, size_t n)
{
    for (size_t s = 0; s < fed->count; ++s)
        for (size_t u = 0; u < n; ++u)
            biases[(fed->first + s) * n + u] += b[fed->gates[s] * n + u];
}

void tc_cell_pack(float *packed, const struct tc_layer_weights *layer)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(layer->cell);
    const size_t n = layer->hidden, biases = slots->count * n;

    packed = pack_columns(packed, &slots->input, layer->w_ih, n, layer->inputs);
    packed = pack_columns(packed, &slots->state, layer->w_hh, n, n);
    packed = pack_columns(packed, &slots->reset, layer->w_hh, n, n);
    memset(packed, 0, biases * sizeof *packed);
    add_bias(packed, &slots->input, layer->b_ih, n);
    if (layer->activation != TC_MODRELU)
        add_bias(packed, &slots->state_bias, layer->b_hh, n);
    if (tc_cell_has_peephole(layer->cell))
        memcpy(packed + biases, layer->peephole,
               tc_cell_peepholes(layer->cell) * n * sizeof *packed);
}
