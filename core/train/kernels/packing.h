/** @file
 *  Weights in the order in which the products read them.
 *
 *  Forward, and gradients: for each block the biases (a vector per slot), then for each input and
 *  each unit of the state its column, a vector per slot that it feeds, then, if there are, the
 *  columns of r h and the peepholes. Rows of logistic gates are halved, since s(v) = (1 + tanh(v /
 *  2)) / 2, as are peepholes.
 *
 *  Back: for each group of up to BACK_VECTORS blocks of what the gradient goes to, the matrix's
 *  rows in the order of dz, the group's units of each; behind all that, into the state, the
 *  groups of r h and the peepholes of each block. */
#ifndef TC_PACKING_H
#define TC_PACKING_H

/* The slots that a matrix feeds, and the matrix's gate for each. */
struct part {
    unsigned first, count;
    const unsigned char *gates;
};

INLINE unsigned slots_of(enum tc_cell cell)
{
    return cell == TC_CELL_RNN ? 1 : 4;
}

/* Peepholes of a unit: to i, f, o. */
INLINE unsigned peepholes_of(enum tc_cell cell)
{
    return cell == TC_CELL_LSTM_PEEPHOLE ? 3 : 0;
}

INLINE struct part input_part(enum tc_cell cell)
{
    static const unsigned char same[] = {0, 1, 2, 3}, gru[] = {2, 0, 1};

    return tc_cell_is_gru(cell) ? (struct part){0, 3, gru} : (struct part){0, slots_of(cell), same};
}

INLINE struct part state_part(enum tc_cell cell)
{
    static const unsigned char same[] = {0, 1, 2, 3};

    return cell == TC_CELL_GRU                ? (struct part){1, 3, same}
           : cell == TC_CELL_GRU_RESET_BEFORE ? (struct part){1, 2, same}
                                              : (struct part){0, slots_of(cell), same};
}

/* What r h feeds: the candidate of a GRU that resets before the product. */
INLINE struct part gated_part(enum tc_cell cell)
{
    static const unsigned char candidate[] = {2};

    return (struct part){0, cell == TC_CELL_GRU_RESET_BEFORE, candidate};
}

/* Where the state's bias goes. */
INLINE struct part state_bias_part(enum tc_cell cell)
{
    return cell == TC_CELL_GRU_RESET_BEFORE ? input_part(cell) : state_part(cell);
}

static float slot_scale(const struct tc_layer_weights *layer, unsigned slot)
{
    switch (layer->cell) {
    case TC_CELL_LSTM:
    case TC_CELL_LSTM_PEEPHOLE:
        return slot == 2 ? 1.0f : 0.5f;
    case TC_CELL_GRU:
    case TC_CELL_GRU_RESET_BEFORE:
        return slot == 0 || slot == 3 ? 1.0f : 0.5f;
    case TC_CELL_RNN:
        break;
    }
    return layer->activation == TC_LOGISTIC ? 0.5f : 1.0f;
}

INLINE size_t blocks_of(size_t units)
{
    return (units + W - 1) / W;
}

/* Units of the block that starts at a unit. */
INLINE size_t real_units(size_t hidden, size_t start)
{
    return hidden - start < W ? hidden - start : W;
}

/* Floats of one block, forward. */
INLINE size_t block_floats(enum tc_cell cell, size_t inputs, size_t hidden)
{
    const size_t columns = inputs * input_part(cell).count +
                           hidden * (state_part(cell).count + gated_part(cell).count);

    return (slots_of(cell) + columns + peepholes_of(cell)) * W;
}

static size_t forward_size(const struct tc_layer_weights *layer)
{
    return blocks_of(layer->hidden) * block_floats(layer->cell, layer->inputs, layer->hidden);
}

static size_t state_size(const struct tc_layer_weights *layer)
{
    const unsigned slots = state_part(layer->cell).count + gated_part(layer->cell).count;
    const size_t rows = slots * layer->hidden;

    return (rows + peepholes_of(layer->cell)) * blocks_of(layer->hidden) * W;
}

static size_t input_size(const struct tc_layer_weights *layer)
{
    return input_part(layer->cell).count * layer->hidden * blocks_of(layer->inputs) * W;
}

/* A block's columns of one matrix; returns the place behind them. */
static float *pack_columns(float *to, const struct tc_layer_weights *layer, struct part part,
                           size_t start, const float *w, size_t cols)
{
    const size_t n = real_units(layer->hidden, start);

    for (size_t i = 0; i < cols; ++i)
        for (unsigned s = 0; s < part.count; ++s, to += W) {
            const float *const from = w + (part.gates[s] * layer->hidden + start) * cols + i;
            const float scale = slot_scale(layer, part.first + s);

            for (size_t u = 0; u < n; ++u)
                to[u] = scale * from[u * cols];
        }
    return to;
}

static void pack_bias(float *to, const struct tc_layer_weights *layer, struct part part,
                      size_t start, const float *b)
{
    const size_t n = real_units(layer->hidden, start);

    for (unsigned s = 0; s < part.count; ++s)
        for (size_t u = 0; u < n; ++u)
            to[(part.first + s) * W + u] +=
                slot_scale(layer, part.first + s) * b[part.gates[s] * layer->hidden + start + u];
}

/* A block's peepholes times a factor; returns the place behind them. */
static float *pack_peepholes(float *to, const struct tc_layer_weights *layer, size_t start,
                             float scale)
{
    for (unsigned k = 0; k < peepholes_of(layer->cell); ++k, to += W)
        for (size_t u = 0; u < real_units(layer->hidden, start); ++u)
            to[u] = scale * layer->peephole[k * layer->hidden + start + u];
    return to;
}

static void pack_forward(float *to, const struct tc_layer_weights *layer)
{
    const struct part input = input_part(layer->cell), state = state_part(layer->cell);
    const size_t slots = slots_of(layer->cell);

    for (size_t start = 0; start < layer->hidden; start += W) {
        memset(to, 0, slots * W * sizeof *to);
        pack_bias(to, layer, input, start, layer->b_ih);
        if (layer->activation != TC_MODRELU)
            pack_bias(to, layer, state_bias_part(layer->cell), start, layer->b_hh);
        to = pack_columns(to + slots * W, layer, input, start, layer->w_ih, layer->inputs);
        to = pack_columns(to, layer, state, start, layer->w_hh, layer->hidden);
        to = pack_columns(to, layer, gated_part(layer->cell), start, layer->w_hh, layer->hidden);
        to = pack_peepholes(to, layer, start, 0.5f);
    }
}

/* pack_columns() back, adding. */
static const float *unpack_columns(const float *from, const struct tc_layer_weights *layer,
                                   struct part part, size_t start, float *w, size_t cols)
{
    const size_t n = real_units(layer->hidden, start);

    for (size_t i = 0; i < cols; ++i)
        for (unsigned s = 0; s < part.count; ++s, from += W) {
            float *const to = w + (part.gates[s] * layer->hidden + start) * cols + i;

            for (size_t u = 0; u < n; ++u)
                to[u * cols] += from[u];
        }
    return from;
}

static void unpack_bias(const float *from, const struct tc_layer_weights *layer, struct part part,
                        size_t start, float *b)
{
    const size_t n = real_units(layer->hidden, start);

    for (unsigned s = 0; s < part.count; ++s)
        for (size_t u = 0; u < n; ++u)
            b[part.gates[s] * layer->hidden + start + u] += from[(part.first + s) * W + u];
}

/* pack_peepholes() back, adding. */
static const float *unpack_peepholes(const float *from, const struct tc_layer_weights *layer,
                                     size_t start, float *peephole)
{
    for (unsigned k = 0; k < peepholes_of(layer->cell); ++k, from += W)
        for (size_t u = 0; u < real_units(layer->hidden, start); ++u)
            peephole[k * layer->hidden + start + u] += from[u];
    return from;
}

static void unpack_gradient(const struct tc_layer_weights *layer, const float *packed, float *w_ih,
                            float *w_hh, float *b_ih, float *b_hh, float *peephole)
{
    const struct part input = input_part(layer->cell), state = state_part(layer->cell);

    for (size_t start = 0; start < layer->hidden; start += W) {
        unpack_bias(packed, layer, input, start, b_ih);
        if (layer->activation != TC_MODRELU)
            unpack_bias(packed, layer, state_bias_part(layer->cell), start, b_hh);
        packed += slots_of(layer->cell) * W;
        packed = unpack_columns(packed, layer, input, start, w_ih, layer->inputs);
        packed = unpack_columns(packed, layer, state, start, w_hh, layer->hidden);
        packed = unpack_columns(packed, layer, gated_part(layer->cell), start, w_hh, layer->hidden);
        packed = unpack_peepholes(packed, layer, start, peephole);
    }
}

/* A group's columns of one row; what is beyond the last stays 0. */
static float *pack_row(float *to, const float *row, size_t cols, size_t vectors)
{
    const size_t n = cols < vectors * W ? cols : vectors * W;

    memcpy(to, row, n * sizeof *to);
    return to + vectors * W;
}

static float *pack_group(float *to, const struct tc_layer_weights *layer, struct part part,
                         const float *w, size_t cols, size_t first_col, size_t vectors)
{
    for (size_t start = 0; start < layer->hidden; start += W)
        for (unsigned s = 0; s < part.count; ++s)
            for (size_t u = 0; u < real_units(layer->hidden, start); ++u)
                to =
                    pack_row(to, w + (part.gates[s] * layer->hidden + start + u) * cols + first_col,
                             cols - first_col, vectors);
    return to;
}

/* Returns the place behind the last group. */
static float *pack_back(float *to, const struct tc_layer_weights *layer, struct part part,
                        const float *w, size_t cols)
{
    size_t vectors;

    for (size_t b = 0; b < blocks_of(cols); b += vectors) {
        vectors = even_part(blocks_of(cols) - b, BACK_VECTORS);
        to = pack_group(to, layer, part, w, cols, b * W, vectors);
    }
    return to;
}

static void pack_state(float *to, const struct tc_layer_weights *layer)
{
    to = pack_back(to, layer, state_part(layer->cell), layer->w_hh, layer->hidden);
    to = pack_back(to, layer, gated_part(layer->cell), layer->w_hh, layer->hidden);
    for (size_t start = 0; start < layer->hidden; start += W)
        to = pack_peepholes(to, layer, start, 1.0f);
}

static void pack_input(float *to, const struct tc_layer_weights *layer)
{
    pack_back(to, layer, input_part(layer->cell), layer->w_ih, layer->inputs);
}

static size_t readout_size(size_t hidden, size_t outputs)
{
    return 2 * outputs * blocks_of(hidden) * W;
}

/* Row by row for the way forward, then group by group for the way back. */
static void pack_readout(float *to, const float *w, size_t hidden, size_t outputs)
{
    size_t vectors;

    for (size_t o = 0; o < outputs; ++o)
        to = pack_row(to, w + o * hidden, hidden, blocks_of(hidden));
    for (size_t b = 0; b < blocks_of(hidden); b += vectors) {
        vectors = even_part(blocks_of(hidden) - b, BACK_VECTORS);
        for (size_t o = 0; o < outputs; ++o)
            to = pack_row(to, w + o * hidden + b * W, hidden - b * W, vectors);
    }
}

#endif
