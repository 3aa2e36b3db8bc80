/** @file
 *  Training in vectors: one source for every instruction set. batch_avx2.c and its like include
 *  the vector type `vf` with its operations v_...(), then this. */
#ifndef TC_BATCH_SOURCE_H
#define TC_BATCH_SOURCE_H

#include "train/kernels/batch_tables.h"

#include <string.h>

/* In this order: each builds on those before. */
#define OF(name) name
#include "kernels/activation.h"
#include "kernels/inline.h"

#include "kernels/gates.h"

#include "train/kernels/tiles.h"

#include "train/kernels/gates.h"

#include "train/kernels/packing.h"

/* Frames are cut so that a gradient's dz of one block stays in the first cache meanwhile. */
enum { CACHED_FLOATS = 8192 };

INLINE size_t blocks_in(const struct tc_batch *batch)
{
    return batch->units / W;
}

/* Floats of a lane of gates or dz. */
INLINE size_t gates_lane(const struct tc_batch *batch, enum tc_cell cell)
{
    return blocks_in(batch) * slots_of(cell) * W;
}

/* Of dz: an odd number of vectors, so that lanes lie in different sets of the cache. */
INLINE size_t dz_lane(const struct tc_batch *batch, enum tc_cell cell)
{
    return (blocks_in(batch) * slots_of(cell) | 1) * W;
}

static size_t gates_floats(const struct tc_batch *batch)
{
    return gates_lane(batch, batch->cell);
}

static size_t dz_floats(const struct tc_batch *batch)
{
    return dz_lane(batch, batch->cell);
}

/* ------------------------------------------------------------------ forward */

/* The sums of one block of some lanes at one frame, to where the gates go. */
INLINE void sums_tile(const struct tc_batch *batch, enum tc_cell cell, unsigned L, const float *w,
                      const float *x, const float *h, float *to)
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
                 batch->x.lane, batch->x.row, batch->inputs);
    add_rows(sum, slots, state.first, state.count, L, w, state.count * W, h, batch->units, 1,
             batch->hidden);
    UNROLL for (unsigned l = 0; l < L; ++l)
    {
        UNROLL for (unsigned s = 0; s < slots; ++s)
            v_store(to + l * gates_lane(batch, cell) + s * W, sum[l * slots + s]);
    }
}

/* One block of `lanes` lanes from its sums to its state; h and c at the state before. */
INLINE void finish(const struct tc_batch *batch, enum tc_cell cell, enum tc_activation activation,
                   const float *peephole, float *gates, size_t at, size_t lanes)
{
    const size_t unit = activation == TC_MODRELU ? at % batch->units : 0;

    for (size_t l = 0; l < lanes; ++l, gates += gates_lane(batch, cell), at += batch->units) {
        const size_t next = at + batch->lanes * batch->units;

        switch (cell) {
        case TC_CELL_RNN:
            v_store(gates, activated(v_load(gates), activation, batch->threshold, unit));
            v_store(batch->h + next, v_load(gates));
            break;
        case TC_CELL_LSTM:
            lstm_value(gates, batch->c + at, batch->c + next, batch->h + next, NULL);
            break;
        case TC_CELL_LSTM_PEEPHOLE:
            lstm_value(gates, batch->c + at, batch->c + next, batch->h + next, peephole);
            break;
        case TC_CELL_GRU:
            gru_value(gates, batch->h + at, batch->h + next);
            break;
        case TC_CELL_GRU_RESET_BEFORE: /* as far as it goes without the other blocks */
            reset_value(gates, batch->h + at);
            break;
        }
    }
}

/* The two halves of a block's work for each cell. They are kept apart so that constants of the one
 * take no registers from the sums of the other. */
#define SUMS(name, cell)                                                                  \
    SEPARATE void name##_sums(const struct tc_batch *batch, size_t lanes, const float *w, \
                              const float *x, const float *h, float *to)                  \
    {                                                                                     \
        SWITCH_LANES(lanes, slots_of(cell), SUMS_##name)                                  \
    }
#define FINISH(name, cell)                                                                         \
    SEPARATE void name##_finish(const struct tc_batch *batch, const float *peephole, float *gates, \
                                size_t at, size_t lanes)                                           \
    {                                                                                              \
        finish(batch, cell, batch->activation, peephole, gates, at, lanes);                        \
    }

#define SUMS_rnn(L) sums_tile(batch, TC_CELL_RNN, L, w, x, h, to)
#define SUMS_lstm(L) sums_tile(batch, TC_CELL_LSTM, L, w, x, h, to)
#define SUMS_gru(L) sums_tile(batch, TC_CELL_GRU, L, w, x, h, to)
#define SUMS_gru_reset(L) sums_tile(batch, TC_CELL_GRU_RESET_BEFORE, L, w, x, h, to)
SUMS(rnn, TC_CELL_RNN)
SUMS(lstm, TC_CELL_LSTM)
SUMS(gru, TC_CELL_GRU)
SUMS(gru_reset, TC_CELL_GRU_RESET_BEFORE)
FINISH(rnn, TC_CELL_RNN)
FINISH(lstm, TC_CELL_LSTM)
FINISH(lstm_peephole, TC_CELL_LSTM_PEEPHOLE)
FINISH(gru, TC_CELL_GRU)
FINISH(gru_reset, TC_CELL_GRU_RESET_BEFORE)

typedef void sums_fn(const struct tc_batch *batch, size_t lanes, const float *w, const float *x,
                     const float *h, float *to);
typedef void finish_fn(const struct tc_batch *batch, const float *peephole, float *gates, size_t at,
                       size_t lanes);

/* One block of all lanes at one frame. */
INLINE void forward_block(const struct tc_batch *batch, enum tc_cell cell, sums_fn *sums,
                          finish_fn *finish_sums, const float *w, size_t t, size_t block)
{
    const size_t slots = slots_of(cell), units = batch->units, first = t * batch->lanes;
    const float *const end = w + block_floats(cell, batch->inputs, batch->hidden);
    float *const gates = batch->gates + first * gates_lane(batch, cell) + block * slots * W;
    size_t n;

    for (size_t l = 0; l < batch->lanes; l += n) {
        n = even_part(batch->lanes - l, tile_lanes(slots));
        sums(batch, n, w, batch->x.at + t * batch->x.frame + l * batch->x.lane,
             batch->h + (first + l) * units, gates + l * gates_lane(batch, cell));
    }
    finish_sums(batch, end - peepholes_of(cell) * W, gates, first * units + block * W,
                batch->lanes);
}

/* What r h is multiplied by to make the candidates of a block, in its packed weights. */
INLINE size_t gated_columns(const struct tc_batch *batch, enum tc_cell cell)
{
    return (slots_of(cell) + batch->inputs * input_part(cell).count +
            batch->hidden * state_part(cell).count) *
           W;
}

/* The second half of a frame of a GRU that resets before the product: r h of all units is there. */
static void forward_candidates(const struct tc_batch *batch, const float *w, size_t t, size_t block)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = slots_of(cell), lane = gates_lane(batch, cell), units = batch->units;
    float *const all = batch->gates + t * batch->lanes * lane, *gates = all + block * slots * W;
    size_t n, at = t * batch->lanes * units + block * W;

    for (size_t l = 0; l < batch->lanes; l += n) {
        const struct runs gated = {all + l * lane, lane, 1, slots, 3, 1, batch->hidden};

        n = even_part(batch->lanes - l, tile_lanes(1));
        runs_product(gates + l * lane, lane, true, 1, n, w + gated_columns(batch, cell), W, &gated);
    }
    for (size_t l = 0; l < batch->lanes; ++l, gates += lane, at += units)
        candidate_value(gates, batch->h + at, batch->h + at + batch->lanes * units);
}

INLINE void forward_cell(const struct tc_batch *batch, enum tc_cell cell, sums_fn *sums,
                         finish_fn *finish_sums, const float *weights)
{
    const size_t size = block_floats(cell, batch->inputs, batch->hidden);

    for (size_t t = 0; t < batch->n_frames; ++t) {
        for (size_t b = 0; b < blocks_in(batch); ++b)
            forward_block(batch, cell, sums, finish_sums, weights + b * size, t, b);
        for (size_t b = 0; gated_part(cell).count && b < blocks_in(batch); ++b)
            forward_candidates(batch, weights + b * size, t, b);
    }
}

static void forward(const struct tc_batch *batch, const float *weights)
{
    switch (batch->cell) {
    case TC_CELL_RNN:
        forward_cell(batch, TC_CELL_RNN, rnn_sums, rnn_finish, weights);
        break;
    case TC_CELL_LSTM:
        forward_cell(batch, TC_CELL_LSTM, lstm_sums, lstm_finish, weights);
        break;
    case TC_CELL_LSTM_PEEPHOLE: /* the same sums, before the peepholes see anything */
        forward_cell(batch, TC_CELL_LSTM_PEEPHOLE, lstm_sums, lstm_peephole_finish, weights);
        break;
    case TC_CELL_GRU:
        forward_cell(batch, TC_CELL_GRU, gru_sums, gru_finish, weights);
        break;
    case TC_CELL_GRU_RESET_BEFORE:
        forward_cell(batch, TC_CELL_GRU_RESET_BEFORE, gru_reset_sums, gru_reset_finish, weights);
        break;
    }
}

/* ------------------------------------------------------------------ backward */

/* dz of one block of one lane, its place in h and c being `at` floats behind the batch's; its part
 * of the peepholes' gradient is added to dp. */
INLINE void slope(const struct tc_batch *batch, enum tc_cell cell, size_t at, const float *gates,
                  vf dh, float *carry, vf dz[4], const float *peephole, vf *dp)
{
    const size_t next = at + batch->lanes * batch->units;

    switch (cell) {
    case TC_CELL_RNN:
        dz[0] = rnn_slope(v_load(gates), dh, batch->activation);
        break;
    case TC_CELL_LSTM:
        lstm_slope(gates, batch->c + at, batch->c + next, dh, carry, dz, NULL, NULL);
        break;
    case TC_CELL_LSTM_PEEPHOLE:
        lstm_slope(gates, batch->c + at, batch->c + next, dh, carry, dz, peephole, dp);
        break;
    case TC_CELL_GRU:
        gru_slope(gates, batch->h + at, v_add(dh, v_load(carry)), carry, dz);
        break;
    case TC_CELL_GRU_RESET_BEFORE: /* but for r, which waits for the candidates of all blocks */
        candidate_slope(gates, batch->h + at, v_add(dh, v_load(carry)), carry, dz);
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
INLINE void backward_block(const struct tc_batch *batch, enum tc_cell cell, const float *peephole,
                           float *gradient, size_t t, size_t block)
{
    const unsigned slots = slots_of(cell), peepholes = peepholes_of(cell);
    const size_t size = block_floats(cell, batch->inputs, batch->hidden);
    float *const to_peephole = gradient + size - peepholes * W;
    const size_t back = t ? batch->lanes : 0; /* to the frame before, in lanes */
    vf sum[4], dz[4], dp[3];

    UNROLL for (unsigned s = 0; s < slots; ++s) sum[s] = v_load(gradient + s * W);
    UNROLL for (unsigned k = 0; k < peepholes; ++k) dp[k] = v_load(to_peephole + k * W);
    for (size_t l = batch->lanes; l-- > 0;) { /* down, as the frames: one stream of memory */
        const size_t lane = t * batch->lanes + l, at = lane * batch->units + block * W;
        const float *const gates = batch->gates + lane * gates_lane(batch, cell);
        float *const to = batch->dz + lane * dz_lane(batch, cell) + block * slots * W;

        expect(gates - back * gates_lane(batch, cell) + block * slots * W, slots);
        expect(batch->h + at - back * batch->units, 1);
        if (tc_cell_is_lstm(cell))
            expect(batch->c + at - back * batch->units, 1);
        slope(batch, cell, at, gates + block * slots * W, v_load(batch->dh + at),
              batch->carry + l * batch->units + block * W, dz, peephole, dp);
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
INLINE struct runs dz_runs(const struct tc_batch *batch, enum tc_cell cell, struct part part,
                           size_t t)
{
    const size_t lane = dz_lane(batch, cell);

    return (struct runs){batch->dz + t * batch->lanes * lane,
                         lane,
                         1,
                         slots_of(cell),
                         part.first,
                         part.count,
                         batch->hidden};
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
static void pass_back(const struct tc_batch *batch, float *dh, float pass, const float *weights,
                      size_t rows, const struct runs *behind)
{
    const vf factor = v_set(pass);

    spread(batch->passed, false, blocks_in(batch), batch->lanes, weights, rows, behind);
    for (size_t i = 0; i < batch->lanes * batch->units; i += W) {
        v_store(dh + i, v_fma(factor, v_load(batch->passed + i), v_load(dh + i)));
        v_store(batch->carry + i, v_mul(factor, v_load(batch->carry + i)));
    }
}

/* The second half of a frame of a GRU that resets before the product: through the candidates'
 * product to r, and on to the state. What dh was is known by now; it makes room. */
static void backward_resets(const struct tc_batch *batch, const float *weights, float *gradient,
                            size_t t)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = slots_of(cell), units = batch->units, first = t * batch->lanes;
    const size_t size = block_floats(cell, batch->inputs, batch->hidden);
    const struct runs runs = dz_runs(batch, cell, gated_part(cell), t);
    float *const d = batch->dh + first * units;

    spread(d, false, blocks_in(batch), batch->lanes, weights, batch->hidden, &runs);
    for (size_t b = 0; b < blocks_in(batch); ++b, gradient += size) {
        vf sum = v_load(gradient + W);

        for (size_t l = 0; l < batch->lanes; ++l) {
            const size_t at = l * units + b * W;
            const vf dz_r =
                reset_slope(batch->gates + (first + l) * gates_lane(batch, cell) + b * slots * W,
                            v_load(d + at), batch->carry + at);

            v_store(batch->dz + (first + l) * dz_lane(batch, cell) + (b * slots + 1) * W, dz_r);
            sum = v_add(sum, dz_r);
        }
        v_store(gradient + W, sum);
    }
}

INLINE void backward_cell(const struct tc_batch *batch, enum tc_cell cell, const float *weights,
                          float *gradient)
{
    const struct part part = state_part(cell);
    const size_t size = block_floats(cell, batch->inputs, batch->hidden);
    const size_t rows = part.count * batch->hidden;
    const float *const gated = weights + rows * batch->units;
    const float *const peephole = gated + gated_part(cell).count * batch->hidden * batch->units;

    for (size_t t = batch->n_frames; t-- > 0;) {
        const struct runs behind = dz_runs(batch, cell, part, t + 1);
        float *const dh = batch->dh + t * batch->lanes * batch->units;

        if (batch->pass)
            pass_back(batch, dh, batch->pass[t], weights, rows, &behind);
        else
            spread(dh, true, blocks_in(batch), batch->lanes, weights, rows, &behind);
        for (size_t b = 0; b < blocks_in(batch); ++b)
            backward_block(batch, cell, peephole + b * peepholes_of(cell) * W, gradient + b * size,
                           t, b);
        if (gated_part(cell).count)
            backward_resets(batch, gated, gradient, t);
    }
}

static void backward(const struct tc_batch *batch, const float *weights, float *gradient)
{
    switch (batch->cell) {
    case TC_CELL_RNN:
        backward_cell(batch, TC_CELL_RNN, weights, gradient);
        break;
    case TC_CELL_LSTM:
        backward_cell(batch, TC_CELL_LSTM, weights, gradient);
        break;
    case TC_CELL_LSTM_PEEPHOLE:
        backward_cell(batch, TC_CELL_LSTM_PEEPHOLE, weights, gradient);
        break;
    case TC_CELL_GRU:
        backward_cell(batch, TC_CELL_GRU, weights, gradient);
        break;
    case TC_CELL_GRU_RESET_BEFORE:
        backward_cell(batch, TC_CELL_GRU_RESET_BEFORE, weights, gradient);
        break;
    }
}

static void input_gradient(const struct tc_batch *batch, const float *weights, float *dx)
{
    const struct part part = input_part(batch->cell);
    const struct runs runs = dz_runs(batch, batch->cell, part, 0);

    spread(dx, false, blocks_of(batch->inputs), batch->n_frames * batch->lanes, weights,
           part.count * batch->hidden, &runs);
}

/* ------------------------------------------------------------------ gradients of weights */

/* to (rows, vectors) += sum of number * vector over frames and lanes, in tiles. */
static void outer_products(float *to, size_t to_row, size_t wide, size_t rows,
                           struct vectors vectors, struct tc_rows numbers, size_t n_frames,
                           size_t lanes)
{
    size_t n;

    for (size_t r = 0; r < rows; r += n) {
        struct tc_rows from = numbers;

        n = even_part(rows - r, tile_lanes(wide));
        from.at += r * numbers.row;
        outer_product(to + r * to_row, to_row, wide, n, vectors, from, n_frames, lanes);
    }
}

/* One block's columns of r h, whose numbers stand in the last slots of all blocks. */
static void gated_gradient(const struct tc_batch *batch, float *gradient, struct vectors vectors,
                           size_t t, size_t n_frames)
{
    const size_t slots = slots_of(batch->cell), lane = gates_lane(batch, batch->cell);
    struct tc_rows gated = {batch->gates + t * batch->lanes * lane + 3 * W, batch->lanes * lane,
                            lane, 1};

    for (size_t start = 0; start < batch->hidden; start += W, gated.at += slots * W)
        outer_products(gradient + start * W, W, 1, real_units(batch->hidden, start), vectors, gated,
                       n_frames, batch->lanes);
}

/* One block's columns of both matrices, over frames from t on. */
static void gradient_block(const struct tc_batch *batch, float *gradient, size_t block, size_t t,
                           size_t n_frames)
{
    const struct part input = input_part(batch->cell), state = state_part(batch->cell);
    const size_t slots = slots_of(batch->cell), lane = dz_lane(batch, batch->cell);
    const float *const dz = batch->dz + t * batch->lanes * lane + block * slots * W;
    const struct vectors to_input = {dz + input.first * W, batch->lanes * lane, lane};
    const struct vectors to_state = {dz + state.first * W, batch->lanes * lane, lane};
    const struct vectors to_candidate = {dz, batch->lanes * lane, lane};
    const struct tc_rows h = {batch->h + t * batch->lanes * batch->units,
                              batch->lanes * batch->units, batch->units, 1};
    struct tc_rows x = batch->x;

    x.at += t * x.frame;
    gradient += slots * W;
    outer_products(gradient, input.count * W, input.count, batch->inputs, to_input, x, n_frames,
                   batch->lanes);
    gradient += batch->inputs * input.count * W;
    outer_products(gradient, state.count * W, state.count, batch->hidden, to_state, h, n_frames,
                   batch->lanes);
    gradient += batch->hidden * state.count * W;
    if (gated_part(batch->cell).count)
        gated_gradient(batch, gradient, to_candidate, t, n_frames);
}

/* dL/db = dz sign(h), summed over frames and lanes. */
static void threshold_gradient(const struct tc_batch *batch)
{
    const size_t units = batch->units, lane = dz_lane(batch, TC_CELL_RNN);

    for (size_t b = 0; b < units; b += W) {
        vf sum = v_load(batch->threshold_gradient + b);

        for (size_t i = 0; i < batch->n_frames * batch->lanes; ++i) {
            const vf dz = v_load(batch->dz + i * lane + b);
            const vf h = v_load(batch->h + (batch->lanes + i) * units + b);

            sum = v_add(sum, v_where_positive(dz, h));
            sum = v_sub(sum, v_where_positive(dz, v_sub(v_set(0.0f), h)));
        }
        v_store(batch->threshold_gradient + b, sum);
    }
}

static void weight_gradient(const struct tc_batch *batch, float *gradient)
{
    const size_t size = block_floats(batch->cell, batch->inputs, batch->hidden);
    const size_t floats = batch->lanes * slots_of(batch->cell) * W;
    const size_t frames = floats < CACHED_FLOATS ? CACHED_FLOATS / floats : 1;

    for (size_t t = 0; t < batch->n_frames; t += frames) {
        const size_t left = batch->n_frames - t, n = left < frames ? left : frames;

        for (size_t b = 0; b < blocks_in(batch); ++b)
            gradient_block(batch, gradient + b * size, b, t, n);
    }
    if (batch->activation == TC_MODRELU)
        threshold_gradient(batch);
}

/* ------------------------------------------------------------------ readout */

static void readout(const struct tc_batch *batch, const float *weights, const float *bias,
                    size_t outputs, struct tc_rows y)
{
    const size_t units = batch->units;
    const float *h = batch->h + batch->lanes * units;

    for (size_t t = 0; t < batch->n_frames; ++t)
        for (size_t l = 0; l < batch->lanes; ++l, h += units)
            for (size_t o = 0; o < outputs; ++o) {
                vf sum = v_set(0.0f);

                for (size_t u = 0; u < units; u += W)
                    sum = v_fma(v_load(weights + o * units + u), v_load(h + u), sum);
                y.at[t * y.frame + l * y.lane + o * y.row] = bias[o] + v_sum(sum);
            }
}

static void readout_back(const struct tc_batch *batch, const float *weights, struct tc_rows dy,
                         size_t outputs, float *gradient)
{
    const size_t units = batch->units, frame = batch->lanes * units;

    for (size_t b = 0; b < blocks_in(batch); ++b) {
        const struct vectors h = {batch->h + frame + b * W, frame, units};

        outer_products(gradient + b * W, units, 1, outputs, h, dy, batch->n_frames, batch->lanes);
    }
    for (size_t t = 0; t < batch->n_frames; ++t) {
        const struct runs runs = {dy.at + t * dy.frame, dy.lane, dy.row, 1, 0, 1, outputs};

        spread(batch->dh + t * frame, false, blocks_in(batch), batch->lanes,
               weights + outputs * units, outputs, &runs);
    }
}

#define TC_BATCH_TABLE(its_name, its_needs)                                                  \
    {                                                                                        \
        .name = its_name, .needs = its_needs, .width = W, .forward_size = forward_size,      \
        .gates_floats = gates_floats, .dz_floats = dz_floats, .state_size = state_size,      \
        .input_size = input_size, .pack_forward = pack_forward, .pack_state = pack_state,    \
        .pack_input = pack_input, .unpack_gradient = unpack_gradient, .forward = forward,    \
        .backward = backward, .gradient = weight_gradient, .input_gradient = input_gradient, \
        .readout_size = readout_size, .pack_readout = pack_readout, .readout = readout,      \
        .readout_back = readout_back,                                                        \
    }

#endif
