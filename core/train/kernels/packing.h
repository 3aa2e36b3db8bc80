/** @file
 *  Weights in the order in which the products read them. Part of source.h.
 *
 *  Forward, and gradients; V_WIDTH floats for each slot (s0 s1 ...), vector by vector of units:
 *
 *      bias          | s0 | s1 | ...                      all slots
 *      input i       | s0 | s1 | ...  column i of W_ih    the slots that W_ih feeds, i = 0, 1, ...
 *      state u       | s0 | s1 | ...  column u of W_hh    the slots that W_hh feeds
 *      (r h) u       | s0 |           column u of U_n     with the reset before the product
 *      peepholes     | i | f | o |                        of an LSTM that has them
 *
 *  Rows of logistic gates are halved, since s(v) = (1 + tanh(v / 2)) / 2, as are peepholes.
 *
 *  Backward: the matrix in panels of up to PANEL_VECTORS vectors of its columns (of what the
 *  gradient goes to); a panel has the matrix's rows one after the other, in the order of dz.
 *  After the panels of W_hh come those of U_n for r h, then each vector's peepholes. */
#ifndef TC_PACKING_H
#define TC_PACKING_H

/* Floats of one vector of units, forward. */
INLINE size_t vector_floats(enum tc_cell cell, size_t inputs, size_t hidden)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);
    const size_t columns =
        inputs * slots->input.count + hidden * (slots->state.count + slots->reset.count);

    return (slots->count + columns + tc_cell_peepholes(cell)) * V_WIDTH;
}

static size_t forward_size(const struct tc_layer_weights *weights)
{
    return vectors_of(weights->hidden) *
           vector_floats(weights->cell, weights->inputs, weights->hidden);
}

static size_t state_size(const struct tc_layer_weights *weights)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(weights->cell);
    const size_t rows = (slots->state.count + slots->reset.count) * weights->hidden;

    return (rows + tc_cell_peepholes(weights->cell)) * vectors_of(weights->hidden) * V_WIDTH;
}

static size_t input_size(const struct tc_layer_weights *weights)
{
    return tc_cell_slots(weights->cell)->input.count * weights->hidden *
           vectors_of(weights->inputs) * V_WIDTH;
}

/* A vector's columns of one matrix; returns the end of what was packed. */
static float *pack_columns(float *to, const struct tc_layer_weights *weights,
                           const struct tc_fed_slots *fed, size_t start, const float *w,
                           size_t cols)
{
    const size_t n = real_units(weights->hidden, start);

    for (size_t i = 0; i < cols; ++i)
        for (unsigned s = 0; s < fed->count; ++s, to += V_WIDTH) {
            const float *const from = w + (fed->gates[s] * weights->hidden + start) * cols + i;
            const float scale = tc_layer_gate_scale(weights, fed->gates[s]);

            for (size_t u = 0; u < n; ++u)
                to[u] = scale * from[u * cols];
        }
    return to;
}

static void pack_bias(float *to, const struct tc_layer_weights *weights,
                      const struct tc_fed_slots *fed, size_t start, const float *b)
{
    const size_t n = real_units(weights->hidden, start);

    for (unsigned s = 0; s < fed->count; ++s)
        for (size_t u = 0; u < n; ++u)
            to[(fed->first + s) * V_WIDTH + u] += tc_layer_gate_scale(weights, fed->gates[s]) *
                                                  b[fed->gates[s] * weights->hidden + start + u];
}

/* A vector's peepholes times a factor; returns the end of what was packed. */
static float *pack_peepholes(float *to, const struct tc_layer_weights *weights, size_t start,
                             float scale)
{
    for (unsigned k = 0; k < tc_cell_peepholes(weights->cell); ++k, to += V_WIDTH)
        for (size_t u = 0; u < real_units(weights->hidden, start); ++u)
            to[u] = scale * weights->peephole[k * weights->hidden + start + u];
    return to;
}

static void pack_forward(float *to, const struct tc_layer_weights *weights)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(weights->cell);

    for (size_t start = 0; start < weights->hidden; start += V_WIDTH) {
        memset(to, 0, slots->count * V_WIDTH * sizeof *to);
        pack_bias(to, weights, &slots->input, start, weights->b_ih);
        if (weights->activation != TC_MODRELU)
            pack_bias(to, weights, &slots->state_bias, start, weights->b_hh);
        to = pack_columns(to + slots->count * V_WIDTH, weights, &slots->input, start, weights->w_ih,
                          weights->inputs);
        to = pack_columns(to, weights, &slots->state, start, weights->w_hh, weights->hidden);
        to = pack_columns(to, weights, &slots->reset, start, weights->w_hh, weights->hidden);
        to = pack_peepholes(to, weights, start, 0.5f);
    }
}

/* The inverse of pack_columns(), adding. */
static const float *unpack_columns(const float *from, const struct tc_layer_weights *weights,
                                   const struct tc_fed_slots *fed, size_t start, float *w,
                                   size_t cols)
{
    const size_t n = real_units(weights->hidden, start);

    for (size_t i = 0; i < cols; ++i)
        for (unsigned s = 0; s < fed->count; ++s, from += V_WIDTH) {
            float *const to = w + (fed->gates[s] * weights->hidden + start) * cols + i;

            for (size_t u = 0; u < n; ++u)
                to[u * cols] += from[u];
        }
    return from;
}

static void unpack_bias(const float *from, const struct tc_layer_weights *weights,
                        const struct tc_fed_slots *fed, size_t start, float *b)
{
    const size_t n = real_units(weights->hidden, start);

    for (unsigned s = 0; s < fed->count; ++s)
        for (size_t u = 0; u < n; ++u)
            b[fed->gates[s] * weights->hidden + start + u] += from[(fed->first + s) * V_WIDTH + u];
}

/* The inverse of pack_peepholes(), adding. */
static const float *unpack_peepholes(const float *from, const struct tc_layer_weights *weights,
                                     size_t start, float *peephole)
{
    for (unsigned k = 0; k < tc_cell_peepholes(weights->cell); ++k, from += V_WIDTH)
        for (size_t u = 0; u < real_units(weights->hidden, start); ++u)
            peephole[k * weights->hidden + start + u] += from[u];
    return from;
}

static void unpack_gradient(const struct tc_layer_weights *weights, const float *packed,
                            float *w_ih, float *w_hh, float *b_ih, float *b_hh, float *peephole)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(weights->cell);

    for (size_t start = 0; start < weights->hidden; start += V_WIDTH) {
        unpack_bias(packed, weights, &slots->input, start, b_ih);
        if (weights->activation != TC_MODRELU)
            unpack_bias(packed, weights, &slots->state_bias, start, b_hh);
        packed += slots->count * V_WIDTH;
        packed = unpack_columns(packed, weights, &slots->input, start, w_ih, weights->inputs);
        packed = unpack_columns(packed, weights, &slots->state, start, w_hh, weights->hidden);
        packed = unpack_columns(packed, weights, &slots->reset, start, w_hh, weights->hidden);
        packed = unpack_peepholes(packed, weights, start, peephole);
    }
}

/* A panel's columns of one row; padding stays 0. */
static float *pack_row(float *to, const float *row, size_t cols, size_t vectors)
{
    const size_t n = cols < vectors * V_WIDTH ? cols : vectors * V_WIDTH;

    memcpy(to, row, n * sizeof *to);
    return to + vectors * V_WIDTH;
}

static float *pack_panel(float *to, const struct tc_layer_weights *weights,
                         const struct tc_fed_slots *fed, const float *w, size_t cols,
                         size_t first_col, size_t vectors)
{
    for (size_t start = 0; start < weights->hidden; start += V_WIDTH)
        for (unsigned s = 0; s < fed->count; ++s)
            for (size_t u = 0; u < real_units(weights->hidden, start); ++u)
                to = pack_row(to,
                              w + (fed->gates[s] * weights->hidden + start + u) * cols + first_col,
                              cols - first_col, vectors);
    return to;
}

/* Returns the end of the last panel. */
static float *pack_panels(float *to, const struct tc_layer_weights *weights,
                          const struct tc_fed_slots *fed, const float *w, size_t cols)
{
    size_t vectors;

    for (size_t v = 0; v < vectors_of(cols); v += vectors) {
        vectors = even_part(vectors_of(cols) - v, PANEL_VECTORS);
        to = pack_panel(to, weights, fed, w, cols, v * V_WIDTH, vectors);
    }
    return to;
}

static void pack_state(float *to, const struct tc_layer_weights *weights)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(weights->cell);

    to = pack_panels(to, weights, &slots->state, weights->w_hh, weights->hidden);
    to = pack_panels(to, weights, &slots->reset, weights->w_hh, weights->hidden);
    for (size_t start = 0; start < weights->hidden; start += V_WIDTH)
        to = pack_peepholes(to, weights, start, 1.0f);
}

static void pack_input(float *to, const struct tc_layer_weights *weights)
{
    pack_panels(to, weights, &tc_cell_slots(weights->cell)->input, weights->w_ih, weights->inputs);
}

static size_t readout_size(size_t hidden, size_t outputs)
{
    return 2 * outputs * vectors_of(hidden) * V_WIDTH;
}

/* Row by row for the forward pass, then in panels for the backward pass. */
static void pack_readout(float *to, const float *w, size_t hidden, size_t outputs)
{
    size_t vectors;

    for (size_t o = 0; o < outputs; ++o)
        to = pack_row(to, w + o * hidden, hidden, vectors_of(hidden));
    for (size_t v = 0; v < vectors_of(hidden); v += vectors) {
        vectors = even_part(vectors_of(hidden) - v, PANEL_VECTORS);
        for (size_t o = 0; o < outputs; ++o)
            to = pack_row(to, w + o * hidden + v * V_WIDTH, hidden - v * V_WIDTH, vectors);
    }
}

#endif
