/** @file
 *  Layers in vectors: one source for every instruction set. kernels_avx2.c and its like define the
 *  vector type `vf`, its operations v_...(), how much fits into the registers, and include this.
 *
 *  A block is W units. A layer of H units is `full` blocks and, where at most half a block is left,
 *  a half one, in which two gates share a vector. The blocks are put into groups whose sums stay in
 *  registers over the whole product. Packed weights, group by group, in vectors:
 *
 *      biases (a vector per sum), then for each input and each unit of the state: its column,
 *      a vector per gate and full block, two for all gates of the half block
 *
 *  Rows of logistic gates are halved, since s(v) = (1 + tanh(v / 2)) / 2. */
#ifndef TC_STEPS_H
#define TC_STEPS_H

#include "kernels/tables.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

/* ------------------------------------------------------------------ activations */

/* tanh v = p / q for |v| <= 7.9: tc_tanh()'s coefficients, in Estrin's order for shorter chains.
 * NaN stays NaN: v_min() and v_max() return their second argument then. */
INLINE void tanh_quotient(vf v, vf *p, vf *q)
{
    const vf x = v_max(v_set(-7.9f), v_min(v_set(7.9f), v));
    const vf s = v_mul(x, x), s2 = v_mul(s, s);
    const vf p01 = v_fma(v_set(1.34444502e-01f), s, v_set(9.99999974e-01f));
    const vf p23 = v_fma(v_set(2.19033874e-05f), s, v_set(3.5716942e-03f));
    const vf q01 = v_fma(v_set(4.67777724e-01f), s, v_set(1.0f));
    const vf q23 = v_fma(v_set(3.41174011e-04f), s, v_set(2.61644059e-02f));

    *p = v_mul(x, v_fma(s2, v_fma(s2, v_set(1.52596408e-08f), p23), p01));
    *q = v_fma(s2, v_fma(s2, v_set(8.5305312e-07f), q23), q01);
}

INLINE vf tanh_vector(vf v)
{
    vf p, q;

    tanh_quotient(v, &p, &q);
    return v_mul(p, v_reciprocal(q));
}

/* s(2 v), for sums that were halved. */
INLINE vf logistic_of_half(vf v)
{
    return v_fma(v_set(0.5f), tanh_vector(v), v_set(0.5f));
}

/* c = s(f) c + s(i) tanh g and s(o) tanh c, each with one division for all its quotients. */
INLINE void lstm_gates(vf i, vf f, vf g, vf o, float *h, float *c)
{
    const vf half = v_set(0.5f), old = v_load(c);
    vf pi, qi, pf, qf, pg, qg, po, qo, pc, qc, kept, added, cell;

    tanh_quotient(i, &pi, &qi);
    tanh_quotient(f, &pf, &qf);
    tanh_quotient(g, &pg, &qg);
    tanh_quotient(o, &po, &qo);
    qg = v_mul(qg, qi);
    kept = v_mul(v_mul(v_add(qf, pf), old), qg);
    added = v_mul(v_mul(v_add(qi, pi), pg), qf);
    cell = v_mul(v_mul(v_add(kept, added), half), v_reciprocal(v_mul(qf, qg)));
    v_store(c, cell);
    tanh_quotient(cell, &pc, &qc);
    v_store(h, v_mul(v_mul(v_mul(v_add(qo, po), half), pc), v_reciprocal(v_mul(qo, qc))));
}

/* h = (1 - z) tanh(n + s(r) q) + z h */
INLINE void gru_gates(vf r, vf z, vf n, vf q, const float *old, float *h)
{
    const vf reset = logistic_of_half(r), keep = logistic_of_half(z);
    const vf candidate = tanh_vector(v_fma(reset, q, n));

    v_store(h, v_fma(keep, v_sub(v_load(old), candidate), candidate));
}

INLINE void rnn_activation(vf v, enum tc_activation activation, float *h)
{
    switch (activation) {
    case TC_TANH:
        v = tanh_vector(v);
        break;
    case TC_LOGISTIC:
        v = logistic_of_half(v);
        break;
    case TC_RELU:
        v = v_max(v_set(0.0f), v);
        break;
    case TC_IDENTITY:
        break;
    }
    v_store(h, v);
}

/* ------------------------------------------------------------------ shape */

/* Sums (accumulators) of a full block and of the half one, vectors of a column in either. A GRU's
 * candidate has a sum for the input and one for the state. */
INLINE unsigned full_sums(enum tc_cell cell)
{
    return cell == TC_CELL_RNN ? 1 : 4;
}

INLINE unsigned half_sums(enum tc_cell cell)
{
    return cell == TC_CELL_GRU ? 3 : 2;
}

INLINE unsigned full_vectors(enum tc_cell cell)
{
    return cell == TC_CELL_RNN ? 1 : cell == TC_CELL_LSTM ? 4 : 3;
}

INLINE unsigned sums_of(enum tc_cell cell, unsigned full, unsigned half)
{
    return full * full_sums(cell) + half * half_sums(cell);
}

INLINE unsigned vectors_of(enum tc_cell cell, unsigned full, unsigned half)
{
    return full * full_vectors(cell) + half * 2;
}

/* The sum that a column's vector is added to; `state`: the column belongs to the state. */
INLINE unsigned sum_of_vector(enum tc_cell cell, unsigned full, unsigned vector, unsigned state)
{
    const unsigned n = full_vectors(cell), in_half = vector - full * n;

    if (vector < full * n)
        return vector / n * full_sums(cell) + vector % n +
               (cell == TC_CELL_GRU && vector % n == 2 ? state : 0);
    return full * full_sums(cell) + in_half + (cell == TC_CELL_GRU && in_half == 1 ? state : 0);
}

struct group {
    unsigned full, half;
};

/* A layer's blocks, and how they are grouped. */
struct shape {
    enum tc_cell cell;
    unsigned full, half, groups;
};

static struct shape shape_of(enum tc_cell cell, size_t hidden, size_t lanes)
{
    const size_t rest = hidden % W;
    const unsigned half = cell != TC_CELL_RNN && rest > 0 && rest <= W / 2;
    const unsigned full = (unsigned)(hidden / W) + (rest && !half);
    const unsigned most = lanes == 1 ? GROUP_ONE : lanes == 2 ? GROUP_TWO : GROUP_MANY;

    return (struct shape){cell, full, half, full ? (full + most - 1) / most : 1};
}

/* Groups are as even as can be; the half block goes with the last. */
static struct group group_at(const struct shape *shape, unsigned index)
{
    const unsigned full = (shape->full + shape->groups - 1 - index) / shape->groups;

    return (struct group){full, index + 1 == shape->groups ? shape->half : 0};
}

static size_t group_floats(enum tc_cell cell, struct group group, size_t columns)
{
    return (sums_of(cell, group.full, group.half) +
            columns * vectors_of(cell, group.full, group.half)) *
           W;
}

/* ------------------------------------------------------------------ packing */

static size_t packed_size(const struct tc_layer_weights *layer, size_t lanes)
{
    const struct shape shape = shape_of(layer->cell, layer->hidden, lanes);
    size_t size = 0;

    for (unsigned g = 0; g < shape.groups; ++g)
        size += group_floats(shape.cell, group_at(&shape, g), layer->inputs + layer->hidden);
    return size;
}

static size_t scratch(const struct tc_layer_weights *layer, size_t lanes)
{
    (void)layer;
    (void)lanes;
    return 0;
}

/* The factor of a gate's rows: half where its activation is the logistic function. */
static float gate_scale(const struct tc_layer_weights *layer, unsigned gate)
{
    switch (layer->cell) {
    case TC_CELL_LSTM:
        return gate == 2 ? 1.0f : 0.5f;
    case TC_CELL_GRU:
        return gate == 2 ? 1.0f : 0.5f;
    case TC_CELL_RNN:
        break;
    }
    return layer->activation == TC_LOGISTIC ? 0.5f : 1.0f;
}

/* One gate of one unit in a matrix of row pitch `pitch`; 0 beyond the last unit. */
static float scaled(const struct tc_layer_weights *layer, const float *w, size_t pitch,
                    unsigned gate, size_t unit)
{
    return unit < layer->hidden ? gate_scale(layer, gate) * w[(gate * layer->hidden + unit) * pitch]
                                : 0.0f;
}

/* n values of one gate from `unit` on. */
static float *pack_gate(float *to, const struct tc_layer_weights *layer, const float *w,
                        size_t pitch, unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        *to++ = scaled(layer, w, pitch, gate, unit + u);
    return to;
}

static float *pack_column(float *to, const struct tc_layer_weights *layer, struct group group,
                          size_t unit, const float *w, size_t pitch)
{
    const unsigned gates = tc_cell_gates(layer->cell);

    for (unsigned b = 0; b < group.full; ++b, unit += W)
        for (unsigned gate = 0; gate < gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W);
    if (group.half) {
        for (unsigned gate = 0; gate < gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W / 2);
        to += (4 - gates) * (W / 2);
    }
    return to;
}

static void pack_sum(float *sum, const struct tc_layer_weights *layer, const float *bias,
                     unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        sum[u] += scaled(layer, bias, 1, gate, unit + u);
}

/* Each bias to the sum that its matrix feeds. */
static void pack_bias(float *sums, const struct tc_layer_weights *layer, struct group group,
                      size_t unit, const float *bias, unsigned state)
{
    const unsigned gates = tc_cell_gates(layer->cell);

    for (unsigned v = 0; v < group.full * gates; ++v)
        pack_sum(sums + sum_of_vector(layer->cell, group.full, v, state) * W, layer, bias,
                 v % gates, unit + v / gates * W, W);
    unit += group.full * W;
    for (unsigned gate = 0; group.half && gate < gates; ++gate)
        pack_sum(sums +
                     sum_of_vector(layer->cell, group.full, group.full * gates + gate / 2, state) *
                         W +
                     gate % 2 * (W / 2),
                 layer, bias, gate, unit, W / 2);
}

static void pack(float *packed, const struct tc_layer_weights *layer, size_t lanes)
{
    const struct shape shape = shape_of(layer->cell, layer->hidden, lanes);
    size_t unit = 0;

    for (unsigned g = 0; g < shape.groups; ++g) {
        const struct group group = group_at(&shape, g);

        pack_bias(packed, layer, group, unit, layer->b_ih, 0);
        pack_bias(packed, layer, group, unit, layer->b_hh, 1);
        packed += sums_of(layer->cell, group.full, group.half) * W;
        for (size_t i = 0; i < layer->inputs; ++i)
            packed = pack_column(packed, layer, group, unit, layer->w_ih + i, layer->inputs);
        for (size_t i = 0; i < layer->hidden; ++i)
            packed = pack_column(packed, layer, group, unit, layer->w_hh + i, layer->hidden);
        unit += group.full * W;
    }
}

/* ------------------------------------------------------------------ one group, some lanes */

/* What a tile of lanes needs: pointers to its first lane, h_new and c also to the group's first
 * unit, h_old to the whole state. */
struct tile {
    const float *weights, *x, *h_old;
    float *h_new, *c;
    size_t x_pitch, units, inputs, hidden;
    size_t unit; /* the group's first */
};

/* Add `count` columns, `sets` at a time into sums of their own, which shortens the chain of
 * additions in small layers. How the terms are grouped depends on count and sets alone. */
INLINE const float *add_columns(vf *sum, const float *w, const float *v, size_t pitch, size_t count,
                                enum tc_cell cell, unsigned full, unsigned half, unsigned state,
                                unsigned sets, unsigned lanes)
{
    const unsigned n = vectors_of(cell, full, half), sums = sums_of(cell, full, half);
    size_t i = 0;

    for (; i + sets <= count; i += sets) {
        UNROLL for (unsigned s = 0; s < sets; ++s)
        {
            UNROLL for (unsigned l = 0; l < lanes; ++l)
            {
                const vf value = v_set(v[l * pitch + i + s]);

                UNROLL for (unsigned k = 0; k < n; ++k)
                {
                    vf *const to =
                        &sum[(s * lanes + l) * sums + sum_of_vector(cell, full, k, state)];

                    *to = v_fma(v_load(w + (s * n + k) * W), value, *to);
                }
            }
        }
        w += sets * n * W;
    }
    for (; i < count; ++i, w += n * W) {
        UNROLL for (unsigned l = 0; l < lanes; ++l)
        {
            const vf value = v_set(v[l * pitch + i]);

            UNROLL for (unsigned k = 0; k < n; ++k)
            {
                vf *const to = &sum[l * sums + sum_of_vector(cell, full, k, state)];

                *to = v_fma(v_load(w + k * W), value, *to);
            }
        }
    }
    return w;
}

/* Turn the sums of one block of one lane into the new state at offset `at` from the group. */
INLINE void finish_block(const struct tile *tile, size_t at, enum tc_cell cell,
                         enum tc_activation activation, vf z0, vf z1, vf z2, vf z3)
{
    switch (cell) {
    case TC_CELL_RNN:
        rnn_activation(z0, activation, tile->h_new + at);
        break;
    case TC_CELL_LSTM:
        lstm_gates(z0, z1, z2, z3, tile->h_new + at, tile->c + at);
        break;
    case TC_CELL_GRU:
        gru_gates(z0, z1, z2, z3, tile->h_old + tile->unit + at, tile->h_new + at);
        break;
    }
}

INLINE void run_tile(const struct tile *tile, enum tc_cell cell, enum tc_activation activation,
                     unsigned full, unsigned half, unsigned sets, unsigned lanes)
{
    const unsigned sums = sums_of(cell, full, half), per_block = full_sums(cell);
    const float *w = tile->weights;
    vf sum[MAX_SUMS];

    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        UNROLL for (unsigned k = 0; k < sums; ++k) sum[l * sums + k] = v_load(w + k * W);
    }
    UNROLL for (unsigned k = lanes * sums; k < sets * lanes * sums; ++k) sum[k] = v_set(0.0f);
    w = add_columns(sum, w + sums * W, tile->x, tile->x_pitch, tile->inputs, cell, full, half, 0,
                    sets, lanes);
    add_columns(sum, w, tile->h_old, tile->units, tile->hidden, cell, full, half, 1, sets, lanes);
    UNROLL for (unsigned k = 0; k < lanes * sums; ++k)
    {
        UNROLL for (unsigned s = 1; s < sets; ++s) sum[k] =
            v_add(sum[k], sum[s * lanes * sums + k]);
    }
    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        const vf *const z = sum + l * sums;

        UNROLL for (unsigned b = 0; b < full; ++b)
        {
            const vf *const zb = z + b * per_block;

            if (cell == TC_CELL_RNN)
                finish_block(tile, l * tile->units + b * W, cell, activation, zb[0], zb[0], zb[0],
                             zb[0]);
            else
                finish_block(tile, l * tile->units + b * W, cell, activation, zb[0], zb[1], zb[2],
                             zb[3]);
        }
        if (half) {
            const vf *const zh = z + full * per_block;

            if (cell == TC_CELL_LSTM)
                finish_block(tile, l * tile->units + full * W, cell, activation, v_low(zh[0]),
                             v_high(zh[0]), v_low(zh[1]), v_high(zh[1]));
            else
                finish_block(tile, l * tile->units + full * W, cell, activation, v_low(zh[0]),
                             v_high(zh[0]), v_low(zh[1]), v_low(zh[2]));
        }
    }
}

/* ------------------------------------------------------------------ a block of frames */

/* Small layers wait for their own sums; more sets give them something to do meanwhile. Depends on
 * the layer alone, so that a lane's result does not depend on how many there are. */
INLINE unsigned sets_of(enum tc_cell cell, unsigned full, unsigned half)
{
    const unsigned sums = sums_of(cell, full, half);

    return sums <= 3 ? 4 : sums <= 4 ? 2 : 1;
}

/* Lanes that share a group's sums in the registers. */
INLINE unsigned tile_lanes(enum tc_cell cell, unsigned full, unsigned half, unsigned sets)
{
    const unsigned fit = MAX_SUMS / (sets * sums_of(cell, full, half));

    return fit > 3 ? 3 : fit ? fit : 1;
}

INLINE void run_lanes(struct tile tile, size_t lanes, enum tc_cell cell,
                      enum tc_activation activation, unsigned full, unsigned half, unsigned sets)
{
    const unsigned most = tile_lanes(cell, full, half, sets);

    while (lanes) {
        const size_t n = lanes < most ? lanes : most;

        if (most >= 3 && n == 3)
            run_tile(&tile, cell, activation, full, half, sets, most >= 3 ? 3 : 1);
        else if (most >= 2 && n == 2)
            run_tile(&tile, cell, activation, full, half, sets, most >= 2 ? 2 : 1);
        else
            run_tile(&tile, cell, activation, full, half, sets, 1);
        lanes -= n;
        tile.x += n * tile.x_pitch;
        tile.h_old += n * tile.units;
        tile.h_new += n * tile.units;
        tile.c += n * tile.units;
    }
}

/* One group of a layer at one frame. `alone`: the layer has no other group. */
INLINE void run_group(struct tile tile, size_t lanes, enum tc_cell cell,
                      enum tc_activation activation, struct group group, bool alone)
{
    switch (group.full * 2 + group.half) {
    case 1:
        run_lanes(tile, lanes, cell, activation, 0, 1, sets_of(cell, 0, 1));
        break;
    case 2:
        if (alone)
            run_lanes(tile, lanes, cell, activation, 1, 0, sets_of(cell, 1, 0));
        else
            run_lanes(tile, lanes, cell, activation, 1, 0, 1);
        break;
    case 3:
        run_lanes(tile, lanes, cell, activation, 1, 1, 1);
        break;
    case 4:
        run_lanes(tile, lanes, cell, activation, 2, 0, 1);
        break;
    case 5:
        run_lanes(tile, lanes, cell, activation, 2, 1, 1);
        break;
#if GROUP_ONE >= 3
    case 6:
        run_lanes(tile, lanes, cell, activation, 3, 0, 1);
        break;
    case 7:
        run_lanes(tile, lanes, cell, activation, 3, 1, 1);
        break;
#endif
#if GROUP_ONE >= 4
    case 8:
        run_lanes(tile, lanes, cell, activation, 4, 0, 1);
        break;
    case 9:
        run_lanes(tile, lanes, cell, activation, 4, 1, 1);
        break;
#endif
    }
}

INLINE void run_layer(const struct tc_layer_run *run, enum tc_cell cell,
                      enum tc_activation activation)
{
    const struct tc_packed_layer *const layer = run->layer;
    const struct shape shape = shape_of(cell, layer->hidden, layer->lanes);
    const bool alone = shape.full + shape.half == 1;
    const size_t frame = layer->lanes * layer->units;
    struct tile tile = {.x = run->x,
                        .h_old = run->h,
                        .x_pitch = run->x_pitch,
                        .units = layer->units,
                        .inputs = layer->inputs,
                        .hidden = layer->hidden};

    for (size_t t = 0; t < run->n_frames; ++t) {
        tile.weights = layer->weights;
        tile.unit = 0;
        for (unsigned g = 0; g < shape.groups; ++g) {
            const struct group group = group_at(&shape, g);

            tile.h_new = run->h + (t + 1) * frame + tile.unit;
            tile.c = run->c + tile.unit;
            run_group(tile, layer->lanes, cell, activation, group, alone);
            tile.weights += group_floats(cell, group, layer->inputs + layer->hidden);
            tile.unit += group.full * W;
        }
        tile.x += layer->lanes * run->x_pitch;
        tile.h_old += frame;
    }
}

static void rnn(const struct tc_layer_run *run)
{
    run_layer(run, TC_CELL_RNN, run->layer->activation);
}

static void lstm(const struct tc_layer_run *run)
{
    run_layer(run, TC_CELL_LSTM, TC_TANH);
}

static void gru(const struct tc_layer_run *run)
{
    run_layer(run, TC_CELL_GRU, TC_TANH);
}

static float readout(const float *w, const float *h, float b, size_t n)
{
    vf sum = v_set(0.0f);

    for (size_t i = 0; i < n; i += W)
        sum = v_fma(v_load(w + i), v_load(h + i), sum);
    return b + v_sum(sum);
}

#define TC_VECTOR_TABLE(its_name, its_needs)                                          \
    {                                                                                 \
        .name = its_name, .needs = its_needs, .width = W, .packed_size = packed_size, \
        .scratch = scratch, .pack = pack, .rnn = rnn, .lstm = lstm, .gru = gru,       \
        .readout = readout,                                                           \
    }

#endif
