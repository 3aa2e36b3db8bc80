/** @file
 *  The way forward through a layer, frame by frame. Part of source.h. */
#ifndef TC_FORWARD_H
#define TC_FORWARD_H

/* The sums of one block of some lanes at one frame, to where the gates go. */
INLINE void sums_tile(const struct tc_layer_block *layer, enum tc_cell cell, unsigned L,
                      const float *w, const float *x, const float *h, float *to)
{
    const unsigned slots = slots_of(cell);
    const struct part input = input_part(cell), state = state_part(cell);
    vf sum[MOST_SUMS];

    UNROLL for (unsigned s = 0; s < slots; ++s)
    {
        const vf bias = v_load(w + s * W);

        UNROLL for (unsigned l = 0; l < L; ++l) sum[l * slots + s] = bias;
    }
    w = add_rows(sum, slots, input.first, input.count, L, w + slots * W, input.count * W, x,
                 layer->x.lane, layer->x.row, layer->inputs);
    add_rows(sum, slots, state.first, state.count, L, w, state.count * W, h, layer->units, 1,
             layer->hidden);
    UNROLL for (unsigned l = 0; l < L; ++l)
    {
        UNROLL for (unsigned s = 0; s < slots; ++s)
            v_store(to + l * gates_lane(layer, cell) + s * W, sum[l * slots + s]);
    }
}

/* One block of `lanes` lanes from its sums to its state; h and c at the state before. */
INLINE void finish(const struct tc_layer_block *layer, enum tc_cell cell,
                   enum tc_activation activation, const float *peephole, float *gates, size_t at,
                   size_t lanes)
{
    const size_t unit = activation == TC_MODRELU ? at % layer->units : 0;

    for (size_t l = 0; l < lanes; ++l, gates += gates_lane(layer, cell), at += layer->units) {
        const size_t next = at + layer->sequences * layer->units;

        switch (cell) {
        case TC_CELL_RNN:
            v_store(gates, activated(v_load(gates), activation, layer->threshold, unit));
            v_store(layer->h + next, v_load(gates));
            break;
        case TC_CELL_LSTM:
            lstm_value(gates, layer->c + at, layer->c + next, layer->h + next, NULL);
            break;
        case TC_CELL_LSTM_PEEPHOLE:
            lstm_value(gates, layer->c + at, layer->c + next, layer->h + next, peephole);
            break;
        case TC_CELL_GRU:
            gru_value(gates, layer->h + at, layer->h + next);
            break;
        case TC_CELL_GRU_RESET_BEFORE: /* as far as it goes without the other blocks */
            reset_value(gates, layer->h + at);
            break;
        }
    }
}

/* The two halves of a block's work for each cell. They are kept apart so that constants of the one
 * take no registers from the sums of the other. */
#define SUMS(name, cell)                                                                        \
    SEPARATE void name##_sums(const struct tc_layer_block *layer, size_t lanes, const float *w, \
                              const float *x, const float *h, float *to)                        \
    {                                                                                           \
        SWITCH_LANES(lanes, slots_of(cell), SUMS_##name)                                        \
    }
#define FINISH(name, cell)                                                                 \
    SEPARATE void name##_finish(const struct tc_layer_block *layer, const float *peephole, \
                                float *gates, size_t at, size_t lanes)                     \
    {                                                                                      \
        finish(layer, cell, layer->activation, peephole, gates, at, lanes);                \
    }

#define SUMS_rnn(L) sums_tile(layer, TC_CELL_RNN, L, w, x, h, to)
#define SUMS_lstm(L) sums_tile(layer, TC_CELL_LSTM, L, w, x, h, to)
#define SUMS_gru(L) sums_tile(layer, TC_CELL_GRU, L, w, x, h, to)
#define SUMS_gru_reset(L) sums_tile(layer, TC_CELL_GRU_RESET_BEFORE, L, w, x, h, to)
SUMS(rnn, TC_CELL_RNN)
SUMS(lstm, TC_CELL_LSTM)
SUMS(gru, TC_CELL_GRU)
SUMS(gru_reset, TC_CELL_GRU_RESET_BEFORE)
FINISH(rnn, TC_CELL_RNN)
FINISH(lstm, TC_CELL_LSTM)
FINISH(lstm_peephole, TC_CELL_LSTM_PEEPHOLE)
FINISH(gru, TC_CELL_GRU)
FINISH(gru_reset, TC_CELL_GRU_RESET_BEFORE)

typedef void sums_fn(const struct tc_layer_block *layer, size_t lanes, const float *w,
                     const float *x, const float *h, float *to);
typedef void finish_fn(const struct tc_layer_block *layer, const float *peephole, float *gates,
                       size_t at, size_t lanes);

/* One block of all lanes at one frame. */
INLINE void forward_block(const struct tc_layer_block *layer, enum tc_cell cell, sums_fn *sums,
                          finish_fn *finish_sums, const float *w, size_t t, size_t block)
{
    const size_t slots = slots_of(cell), units = layer->units, first = t * layer->sequences;
    const float *const end = w + block_floats(cell, layer->inputs, layer->hidden);
    float *const gates = layer->gates + first * gates_lane(layer, cell) + block * slots * W;
    size_t n;

    for (size_t l = 0; l < layer->sequences; l += n) {
        n = even_part(layer->sequences - l, tile_lanes(slots));
        sums(layer, n, w, layer->x.at + t * layer->x.frame + l * layer->x.lane,
             layer->h + (first + l) * units, gates + l * gates_lane(layer, cell));
    }
    finish_sums(layer, end - peepholes_of(cell) * W, gates, first * units + block * W,
                layer->sequences);
}

/* What r h is multiplied by to make the candidates of a block, in its packed weights. */
INLINE size_t gated_columns(const struct tc_layer_block *layer, enum tc_cell cell)
{
    return (slots_of(cell) + layer->inputs * input_part(cell).count +
            layer->hidden * state_part(cell).count) *
           W;
}

/* The second half of a frame of a GRU that resets before the product: r h of all units is there. */
static void forward_candidates(const struct tc_layer_block *layer, const float *w, size_t t,
                               size_t block)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = slots_of(cell), lane = gates_lane(layer, cell), units = layer->units;
    float *const all = layer->gates + t * layer->sequences * lane, *gates = all + block * slots * W;
    size_t n, at = t * layer->sequences * units + block * W;

    for (size_t l = 0; l < layer->sequences; l += n) {
        const struct runs gated = {all + l * lane, lane, 1, slots, 3, 1, layer->hidden};

        n = even_part(layer->sequences - l, tile_lanes(1));
        runs_product(gates + l * lane, lane, true, 1, n, w + gated_columns(layer, cell), W, &gated);
    }
    for (size_t l = 0; l < layer->sequences; ++l, gates += lane, at += units)
        candidate_value(gates, layer->h + at, layer->h + at + layer->sequences * units);
}

INLINE void forward_cell(const struct tc_layer_block *layer, enum tc_cell cell, sums_fn *sums,
                         finish_fn *finish_sums, const float *weights)
{
    const size_t size = block_floats(cell, layer->inputs, layer->hidden);

    for (size_t t = 0; t < layer->n_frames; ++t) {
        for (size_t b = 0; b < blocks_in(layer); ++b)
            forward_block(layer, cell, sums, finish_sums, weights + b * size, t, b);
        for (size_t b = 0; gated_part(cell).count && b < blocks_in(layer); ++b)
            forward_candidates(layer, weights + b * size, t, b);
    }
}

static void forward(const struct tc_layer_block *layer, const float *weights)
{
    switch (layer->cell) {
    case TC_CELL_RNN:
        forward_cell(layer, TC_CELL_RNN, rnn_sums, rnn_finish, weights);
        break;
    case TC_CELL_LSTM:
        forward_cell(layer, TC_CELL_LSTM, lstm_sums, lstm_finish, weights);
        break;
    case TC_CELL_LSTM_PEEPHOLE: /* the same sums, before the peepholes see anything */
        forward_cell(layer, TC_CELL_LSTM_PEEPHOLE, lstm_sums, lstm_peephole_finish, weights);
        break;
    case TC_CELL_GRU:
        forward_cell(layer, TC_CELL_GRU, gru_sums, gru_finish, weights);
        break;
    case TC_CELL_GRU_RESET_BEFORE:
        forward_cell(layer, TC_CELL_GRU_RESET_BEFORE, gru_reset_sums, gru_reset_finish, weights);
        break;
    }
}

#endif
