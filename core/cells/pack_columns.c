#include "cells/cells.h"

#include <string.h>

static size_t rows_of(const struct tc_layer_weights *layer)
{
    return tc_cell_gates(layer->cell) * layer->hidden;
}

/* Floats after the biases: a GRU's b_hn, or the peepholes. */
static size_t extra_floats(const struct tc_layer_weights *layer)
{
    return layer->hidden * (layer->cell == TC_CELL_GRU             ? 1
                            : layer->cell == TC_CELL_LSTM_PEEPHOLE ? 3
                                                                   : 0);
}

size_t tc_cell_packed_size(const struct tc_layer_weights *layer)
{
    return rows_of(layer) * (layer->inputs + layer->hidden + 1) + extra_floats(layer);
}

size_t tc_cell_scratch(const struct tc_layer_weights *layer)
{
    return tc_cell_is_gru(layer->cell) ? 4 * layer->hidden : rows_of(layer);
}

struct tc_cell_weights tc_cell_unpack(const float *packed, enum tc_cell cell, size_t inputs,
                                      size_t hidden)
{
    const size_t rows = tc_cell_gates(cell) * hidden;
    struct tc_cell_weights weights = {.inputs = inputs, .hidden = hidden, .w_ih = packed};

    weights.w_hh = weights.w_ih + rows * inputs;
    weights.w_hn = weights.w_hh + 2 * hidden * hidden;
    weights.b = weights.w_hh + rows * hidden;
    weights.b_hn = weights.peephole = weights.b + rows;
    return weights;
}

/* Row-major w (gates * n, cols) to columns, the gates in the given order. */
static float *pack_columns(float *packed, const float *w, size_t n, size_t gates, size_t cols,
                           const unsigned char *order)
{
    for (size_t c = 0; c < cols; ++c)
        for (size_t g = 0; g < gates; ++g)
            for (size_t u = 0; u < n; ++u)
                *packed++ = w[(order[g] * n + u) * cols + c];
    return packed;
}

void tc_cell_pack(float *packed, const struct tc_layer_weights *layer)
{
    static const unsigned char in_order[] = {0, 1, 2, 3}, candidate_first[] = {2, 0, 1};
    const bool gru = layer->cell == TC_CELL_GRU, modrelu = layer->activation == TC_MODRELU;
    const unsigned char *const order = gru ? candidate_first : in_order;
    const size_t n = layer->hidden, gates = tc_cell_gates(layer->cell);

    packed = pack_columns(packed, layer->w_ih, n, gates, layer->inputs, order);
    if (layer->cell == TC_CELL_GRU_RESET_BEFORE) {
        packed = pack_columns(packed, layer->w_hh, n, 2, n, in_order);
        packed = pack_columns(packed, layer->w_hh, n, 1, n, in_order + 2);
    } else {
        packed = pack_columns(packed, layer->w_hh, n, gates, n, in_order);
    }
    for (size_t r = 0; r < gates * n; ++r) {
        const size_t from = order[r / n] * n + r % n;

        *packed++ =
            modrelu || (gru && r < n) ? layer->b_ih[from] : layer->b_ih[from] + layer->b_hh[from];
    }
    if (extra_floats(layer))
        memcpy(packed, gru ? layer->b_hh + 2 * n : layer->peephole,
               extra_floats(layer) * sizeof *packed);
}
