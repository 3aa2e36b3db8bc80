/** @file
 *  The way back through a layer: from dL/dh to dL/d of the sums, and to what is below. Part of
 *  source.h. */
#ifndef TC_BACKWARD_H
#define TC_BACKWARD_H

/* dz of one block of one lane, its place in h and c being `at` floats behind the layer's; its part
 * of the peepholes' gradient is added to dp. */
INLINE void slope(const struct tc_layer_block *layer, enum tc_cell cell, size_t at,
                  const float *gates, vf dh, float *carry, vf dz[4], const float *peephole, vf *dp)
{
    const size_t next = at + layer->sequences * layer->units;

    switch (cell) {
    case TC_CELL_RNN:
        dz[0] = rnn_slope(v_load(gates), dh, layer->activation);
        break;
    case TC_CELL_LSTM:
        lstm_slope(gates, layer->c + at, layer->c + next, dh, carry, dz, NULL, NULL);
        break;
    case TC_CELL_LSTM_PEEPHOLE:
        lstm_slope(gates, layer->c + at, layer->c + next, dh, carry, dz, peephole, dp);
        break;
    case TC_CELL_GRU:
        gru_slope(gates, layer->h + at, v_add(dh, v_load(carry)), carry, dz);
        break;
    case TC_CELL_GRU_RESET_BEFORE: /* but for r, which waits for the candidates of all blocks */
        candidate_slope(gates, layer->h + at, v_add(dh, v_load(carry)), carry, dz);
        break;
    }
}

/* Ask for n vectors that the next frame needs, into the second cache: long chunks come from further
 * away, and CPUs are not good at seeing what comes next in reverse. */
INLINE void expect(const float *at, unsigned n)
{
    enum { LINE = 16 };

    UNROLL for (unsigned i = 0; i < n * W; i += LINE) __builtin_prefetch(at + i, 0, 2);
}

/* One block of all lanes at one frame from dh to dz; `gradient` is that of the block. */
INLINE void backward_block(const struct tc_layer_block *layer, enum tc_cell cell,
                           const float *peephole, float *gradient, size_t t, size_t block)
{
    const unsigned slots = slots_of(cell), peepholes = peepholes_of(cell);
    const size_t size = block_floats(cell, layer->inputs, layer->hidden);
    float *const to_peephole = gradient + size - peepholes * W;
    const size_t back = t ? layer->sequences : 0; /* to the frame before, in lanes */
    vf sum[4], dz[4], dp[3];

    UNROLL for (unsigned s = 0; s < slots; ++s) sum[s] = v_load(gradient + s * W);
    UNROLL for (unsigned k = 0; k < peepholes; ++k) dp[k] = v_load(to_peephole + k * W);
    for (size_t l = layer->sequences; l-- > 0;) { /* down, as the frames: one stream of memory */
        const size_t lane = t * layer->sequences + l, at = lane * layer->units + block * W;
        const float *const gates = layer->gates + lane * gates_lane(layer, cell);
        float *const to = layer->dz + lane * dz_lane(layer, cell) + block * slots * W;

        expect(gates - back * gates_lane(layer, cell) + block * slots * W, slots);
        expect(layer->h + at - back * layer->units, 1);
        if (tc_cell_is_lstm(cell))
            expect(layer->c + at - back * layer->units, 1);
        slope(layer, cell, at, gates + block * slots * W, v_load(layer->dh + at),
              layer->carry + l * layer->units + block * W, dz, peephole, dp);
        UNROLL for (unsigned s = 0; s < slots; ++s)
        {
            v_store(to + s * W, dz[s]);
            sum[s] = v_add(sum[s], dz[s]);
        }
    }
    UNROLL for (unsigned s = 0; s < slots; ++s) v_store(gradient + s * W, sum[s]);
    UNROLL for (unsigned k = 0; k < peepholes; ++k) v_store(to_peephole + k * W, dp[k]);
}

/* The numbers of dz that a matrix's rows meet on the way back, of a frame on. */
INLINE struct runs dz_runs(const struct tc_layer_block *layer, enum tc_cell cell, struct part part,
                           size_t t)
{
    const size_t lane = dz_lane(layer, cell);

    return (struct runs){layer->dz + t * layer->sequences * lane,
                         lane,
                         1,
                         slots_of(cell),
                         part.first,
                         part.count,
                         layer->hidden};
}

/* to (lanes, units of `blocks`) (+)= the packed matrix's way back from runs, in tiles. */
static void spread(float *to, bool add, size_t blocks, size_t lanes, const float *weights,
                   size_t rows, const struct runs *runs)
{
    size_t vectors, n;

    for (size_t b = 0; b < blocks; b += vectors) {
        vectors = even_part(blocks - b, BACK_VECTORS);
        for (size_t l = 0; l < lanes; l += n) {
            struct runs from = *runs;

            n = even_part(lanes - l, tile_lanes(vectors));
            from.at += l * runs->lane;
            runs_product(to + l * blocks * W + b * W, blocks * W, add, vectors, n, weights,
                         vectors * W, &from);
        }
        weights += rows * vectors * W;
    }
}

/* dh += pass * W_hh' dz of the frame behind, and carry times pass. Apart, since it takes longer. */
static void pass_back(const struct tc_layer_block *layer, float *dh, float pass,
                      const float *weights, size_t rows, const struct runs *behind)
{
    const vf factor = v_set(pass);

    spread(layer->passed, false, blocks_in(layer), layer->sequences, weights, rows, behind);
    for (size_t i = 0; i < layer->sequences * layer->units; i += W) {
        v_store(dh + i, v_fma(factor, v_load(layer->passed + i), v_load(dh + i)));
        v_store(layer->carry + i, v_mul(factor, v_load(layer->carry + i)));
    }
}

/* The second half of a frame of a GRU that resets before the product: through the candidates'
 * product to r, and on to the state. What dh was is known by now; it makes room. */
static void backward_resets(const struct tc_layer_block *layer, const float *weights,
                            float *gradient, size_t t)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = slots_of(cell), units = layer->units, first = t * layer->sequences;
    const size_t size = block_floats(cell, layer->inputs, layer->hidden);
    const struct runs runs = dz_runs(layer, cell, gated_part(cell), t);
    float *const d = layer->dh + first * units;

    spread(d, false, blocks_in(layer), layer->sequences, weights, layer->hidden, &runs);
    for (size_t b = 0; b < blocks_in(layer); ++b, gradient += size) {
        vf sum = v_load(gradient + W);

        for (size_t l = 0; l < layer->sequences; ++l) {
            const size_t at = l * units + b * W;
            const vf dz_r =
                reset_slope(layer->gates + (first + l) * gates_lane(layer, cell) + b * slots * W,
                            v_load(d + at), layer->carry + at);

            v_store(layer->dz + (first + l) * dz_lane(layer, cell) + (b * slots + 1) * W, dz_r);
            sum = v_add(sum, dz_r);
        }
        v_store(gradient + W, sum);
    }
}

INLINE void backward_cell(const struct tc_layer_block *layer, enum tc_cell cell,
                          const float *weights, float *gradient)
{
    const struct part part = state_part(cell);
    const size_t size = block_floats(cell, layer->inputs, layer->hidden);
    const size_t rows = part.count * layer->hidden;
    const float *const gated = weights + rows * layer->units;
    const float *const peephole = gated + gated_part(cell).count * layer->hidden * layer->units;

    for (size_t t = layer->n_frames; t-- > 0;) {
        const struct runs behind = dz_runs(layer, cell, part, t + 1);
        float *const dh = layer->dh + t * layer->sequences * layer->units;

        if (layer->pass)
            pass_back(layer, dh, layer->pass[t], weights, rows, &behind);
        else
            spread(dh, true, blocks_in(layer), layer->sequences, weights, rows, &behind);
        for (size_t b = 0; b < blocks_in(layer); ++b)
            backward_block(layer, cell, peephole + b * peepholes_of(cell) * W, gradient + b * size,
                           t, b);
        if (gated_part(cell).count)
            backward_resets(layer, gated, gradient, t);
    }
}

static void backward(const struct tc_layer_block *layer, const float *weights, float *gradient)
{
    switch (layer->cell) {
    case TC_CELL_RNN:
        backward_cell(layer, TC_CELL_RNN, weights, gradient);
        break;
    case TC_CELL_LSTM:
        backward_cell(layer, TC_CELL_LSTM, weights, gradient);
        break;
    case TC_CELL_LSTM_PEEPHOLE:
        backward_cell(layer, TC_CELL_LSTM_PEEPHOLE, weights, gradient);
        break;
    case TC_CELL_GRU:
        backward_cell(layer, TC_CELL_GRU, weights, gradient);
        break;
    case TC_CELL_GRU_RESET_BEFORE:
        backward_cell(layer, TC_CELL_GRU_RESET_BEFORE, weights, gradient);
        break;
    }
}

static void input_gradient(const struct tc_layer_block *layer, const float *weights, float *dx)
{
    const struct part part = input_part(layer->cell);
    const struct runs runs = dz_runs(layer, layer->cell, part, 0);

    spread(dx, false, blocks_of(layer->inputs), layer->n_frames * layer->sequences, weights,
           part.count * layer->hidden, &runs);
}

#endif
