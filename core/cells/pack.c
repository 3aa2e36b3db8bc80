#include "cells/cells.h"

#include <string.h>

size_t tc_packed_size(enum tc_cell cell, size_t inputs, size_t hidden)
{
    const size_t rows = tc_cell_gates(cell) * hidden;

    return rows * (inputs + hidden + 1) + (cell == TC_CELL_GRU ? hidden : 0);
}

size_t tc_cell_scratch(enum tc_cell cell, size_t hidden)
{
    return (cell == TC_CELL_GRU ? 4 : tc_cell_gates(cell)) * hidden;
}

/* Row-major w (rows, cols) to columns, its blocks of n rows in the given order. */
static void pack_columns(float *packed, const float *w, size_t n, size_t gates, size_t cols,
                         const unsigned char *order)
{
    for (size_t c = 0; c < cols; ++c)
        for (size_t g = 0; g < gates; ++g)
            for (size_t u = 0; u < n; ++u)
                *packed++ = w[(order[g] * n + u) * cols + c];
}

void tc_pack_layer(struct tc_packed_layer *packed, float *memory, const struct tc_layer *layer,
                   size_t inputs, const float *w_ih, const float *w_hh, const float *b_ih,
                   const float *b_hh)
{
    static const unsigned char in_order[] = {0, 1, 2, 3}, candidate_first[] = {2, 0, 1};
    const bool gru = layer->cell == TC_CELL_GRU;
    const unsigned char *const order = gru ? candidate_first : in_order;
    const size_t n = layer->hidden, gates = tc_cell_gates(layer->cell), rows = gates * n;

    *packed = (struct tc_packed_layer){
        .cell = layer->cell, .activation = layer->activation, .inputs = inputs, .hidden = n};
    packed->w_ih = memory;
    packed->w_hh = packed->w_ih + rows * inputs;
    packed->b = packed->w_hh + rows * n;
    pack_columns(packed->w_ih, w_ih, n, gates, inputs, order);
    pack_columns(packed->w_hh, w_hh, n, gates, n, in_order);
    for (size_t r = 0; r < rows; ++r) {
        const size_t from = order[r / n] * n + r % n;

        packed->b[r] = gru && r < n ? b_ih[from] : b_ih[from] + b_hh[from];
    }
    if (gru) {
        packed->b_hn = packed->b + rows;
        memcpy(packed->b_hn, b_hh + 2 * n, n * sizeof *b_hh);
    }
}
