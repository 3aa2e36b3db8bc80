/** @file
 *  Layers in vectors: one source for every instruction set. kernels_avx2.c and its like include
 *  a vector_...h and gates.h, say how many sums fit into the registers, and include this.
 *
 *  A block is W units. A layer of H units is `full` blocks and, where at most half a block is left,
 *  a half one, in which two gates share a vector. The blocks are put into groups whose sums stay in
 *  registers over the whole product. Packed weights, group by group, in vectors:
 *
 *      biases (a vector per sum), peepholes (three vectors per block, if there are), then for each
 *      input and each unit of the state: its column, a vector per gate and full block, two for all
 *      gates of the half block
 *
 *  Rows of logistic gates are halved, since s(v) = (1 + tanh(v / 2)) / 2, as are peepholes.
 *
 *  Half precision stores two columns as one, a pair of weights (precision.h) in each word. */
#ifndef TC_STEPS_H
#define TC_STEPS_H

#include "kernels/inline.h"
#include "kernels/precision.h"
#include "kernels/tables.h"

/* ------------------------------------------------------------------ shape */

/* What a group of blocks computes: all gates of a cell, or one part of a GRU that resets before the
 * product: first r and z, then the candidate, whose product takes r h of all units. */
enum pass { RNN, LSTM, LSTM_PEEPHOLE, GRU, RESET, CANDIDATE };

INLINE enum pass first_pass(enum tc_cell cell)
{
    switch (cell) {
    case TC_CELL_RNN:
        break;
    case TC_CELL_LSTM:
        return LSTM;
    case TC_CELL_LSTM_PEEPHOLE:
        return LSTM_PEEPHOLE;
    case TC_CELL_GRU:
        return GRU;
    case TC_CELL_GRU_RESET_BEFORE:
        return RESET;
    }
    return RNN;
}

/* A pass's gates: so many, from which one of the cell's on. */
INLINE unsigned gates_of(enum pass pass)
{
    return pass == RNN || pass == CANDIDATE ? 1 : pass == RESET ? 2 : pass == GRU ? 3 : 4;
}

INLINE unsigned first_gate(enum pass pass)
{
    return pass == CANDIDATE ? 2 : 0;
}

/* Sums (accumulators) of a full block and of the half one, vectors of a column in either. The
 * candidate of a GRU that resets after the product has a sum for the input and one for the state.
 */
INLINE unsigned full_sums(enum pass pass)
{
    return gates_of(pass) + (pass == GRU);
}

INLINE unsigned half_vectors(enum pass pass)
{
    return (gates_of(pass) + 1) / 2;
}

INLINE unsigned half_sums(enum pass pass)
{
    return half_vectors(pass) + (pass == GRU);
}

/* Vectors of peepholes of so many blocks. */
INLINE unsigned peepholes_of(enum pass pass, unsigned blocks)
{
    return pass == LSTM_PEEPHOLE ? 3 * blocks : 0;
}

INLINE unsigned sums_of(enum pass pass, unsigned full, unsigned half)
{
    return full * full_sums(pass) + half * half_sums(pass);
}

INLINE unsigned vectors_of(enum pass pass, unsigned full, unsigned half)
{
    return full * gates_of(pass) + half * half_vectors(pass);
}

/* The sum that a column's vector is added to; `state`: the column belongs to the state. */
INLINE unsigned sum_of_vector(enum pass pass, unsigned full, unsigned vector, unsigned state)
{
    const unsigned n = gates_of(pass), in_half = vector - full * n;

    if (vector < full * n)
        return vector / n * full_sums(pass) + vector % n +
               (pass == GRU && vector % n == 2 ? state : 0);
    return full * full_sums(pass) + in_half + (pass == GRU && in_half == 1 ? state : 0);
}

/* A layer's blocks, and how they are grouped: all together where there are few and the weights fit
 * the first cache; else each alone, so that the gates of one overlap the product of the next, and
 * lanes find the weights of a block in the cache. */
struct shape {
    unsigned full, half;
    bool split;
    bool paired; /* columns, but for a matrix of few; only if split */
};

enum {
    MOST_TOGETHER = 3,    /* full blocks */
    CACHED_FLOATS = 9216, /* of weights, of what the first cache of a CPU of today has for them */
    LARGE_FLOATS = 13824, /* of weights, from where on pairs are faster */
    MOST_UNPAIRED = 16    /* columns: the audio and the knobs, which matter more than they cost */
};

static struct shape shape_of(enum tc_cell cell, size_t inputs, size_t hidden,
                             enum tc_precision precision)
{
    const size_t rest = hidden % W;
    const unsigned half = cell != TC_CELL_RNN && rest > 0 && rest <= W / 2;
    const unsigned full = (unsigned)(hidden / W) + (rest && !half);
    const size_t floats = tc_cell_gates(cell) * hidden * (inputs + hidden);
    const bool split = full + half > 1 && (floats > CACHED_FLOATS || full > MOST_TOGETHER);

    return (struct shape){full, half, split,
                          split && floats > LARGE_FLOATS && precision == TC_PRECISION_HALF};
}

/* Columns that a matrix takes in memory. */
INLINE size_t stored(size_t columns, bool paired)
{
    return paired && columns > MOST_UNPAIRED ? columns / 2 + columns % 2 : columns;
}

INLINE size_t group_floats(enum pass pass, unsigned full, unsigned half, size_t inputs,
                           size_t hidden, bool paired)
{
    const size_t columns = stored(inputs, paired) + stored(hidden, paired);

    return (sums_of(pass, full, half) + peepholes_of(pass, full + half) +
            columns * vectors_of(pass, full, half)) *
           W;
}

/* Sets of sums: a group of few would wait for its own; more sets give it something to do meanwhile.
 * Depends on the layer alone, so that a lane's result does not depend on how many there are. */
INLINE unsigned sets_of(enum pass pass, unsigned full, unsigned half)
{
    const unsigned sums = sums_of(pass, full, half);

    return sums <= 3 ? 4 : 2 * sums <= MAX_SUMS ? 2 : 1;
}

/* ------------------------------------------------------------------ packing */

static size_t pass_floats(enum pass pass, struct shape shape, size_t inputs, size_t hidden)
{
    if (!shape.split)
        return group_floats(pass, shape.full, shape.half, inputs, hidden, false);
    return shape.full * group_floats(pass, 1, 0, inputs, hidden, shape.paired) +
           shape.half * group_floats(pass, 0, 1, inputs, hidden, shape.paired);
}

static size_t packed_size(const struct tc_layer_weights *layer)
{
    const size_t inputs = layer->inputs, hidden = layer->hidden;
    const enum pass first = first_pass(layer->cell);
    const struct shape shape = shape_of(layer->cell, inputs, hidden, layer->precision);

    return pass_floats(first, shape, inputs, hidden) +
           (first == RESET ? pass_floats(CANDIDATE, shape, inputs, hidden) : 0);
}

/* r h of all units. */
static size_t scratch(const struct tc_layer_weights *layer, size_t lanes)
{
    return first_pass(layer->cell) == RESET ? lanes * ((layer->hidden + W - 1) / W * W) : 0;
}

/* The factor of a gate's rows: half where its activation is the logistic function. */
static float gate_scale(const struct tc_layer_weights *layer, unsigned gate)
{
    switch (layer->cell) {
    case TC_CELL_LSTM:
    case TC_CELL_LSTM_PEEPHOLE:
    case TC_CELL_GRU:
    case TC_CELL_GRU_RESET_BEFORE:
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

static float *pack_column(float *to, const struct tc_layer_weights *layer, enum pass pass,
                          unsigned full, unsigned half, size_t unit, const float *w, size_t pitch)
{
    const unsigned gates = gates_of(pass), first = first_gate(pass);

    for (unsigned b = 0; b < full; ++b, unit += W)
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W);
    if (half) {
        for (unsigned gate = first; gate < first + gates; ++gate)
            to = pack_gate(to, layer, w, pitch, gate, unit, W / 2);
        to += gates % 2 * (W / 2);
    }
    return to;
}

/* Two columns as one, of a group of one block. */
static float *pack_pair(float *to, const struct tc_layer_weights *layer, enum pass pass,
                        unsigned full, unsigned half, size_t unit, const float *w, size_t pitch)
{
    float odd[4 * W] = {0};
    const size_t n = vectors_of(pass, full, half) * W;

    pack_column(to, layer, pass, full, half, unit, w, pitch);
    pack_column(odd, layer, pass, full, half, unit, w + 1, pitch);
    for (size_t i = 0; i < n; ++i)
        to[i] = tc_pair(to[i], odd[i]);
    return to + n;
}

/* A matrix of so many columns. */
static float *pack_columns(float *to, const struct tc_layer_weights *layer, enum pass pass,
                           unsigned full, unsigned half, size_t unit, const float *w,
                           size_t columns, bool paired)
{
    size_t i = 0;

    for (; paired && columns > MOST_UNPAIRED && i + 2 <= columns; i += 2)
        to = pack_pair(to, layer, pass, full, half, unit, w + i, columns);
    for (; i < columns; ++i)
        to = pack_column(to, layer, pass, full, half, unit, w + i, columns);
    return to;
}

static void pack_sum(float *sum, const struct tc_layer_weights *layer, const float *bias,
                     unsigned gate, size_t unit, size_t n)
{
    for (size_t u = 0; u < n; ++u)
        sum[u] += scaled(layer, bias, 1, gate, unit + u);
}

/* Each bias to the sum that its matrix feeds. */
static void pack_bias(float *sums, const struct tc_layer_weights *layer, enum pass pass,
                      unsigned full, unsigned half, size_t unit, const float *bias, unsigned state)
{
    const unsigned gates = gates_of(pass), first = first_gate(pass);

    for (unsigned v = 0; v < full * gates; ++v)
        pack_sum(sums + sum_of_vector(pass, full, v, state) * W, layer, bias, first + v % gates,
                 unit + v / gates * W, W);
    unit += full * W;
    for (unsigned gate = 0; half && gate < gates; ++gate)
        pack_sum(sums + sum_of_vector(pass, full, full * gates + gate / 2, state) * W +
                     gate % 2 * (W / 2),
                 layer, bias, first + gate, unit, W / 2);
}

static float *pack_peepholes(float *to, const struct tc_layer_weights *layer, enum pass pass,
                             unsigned blocks, size_t unit)
{
    for (unsigned k = 0; k < peepholes_of(pass, blocks); ++k)
        for (size_t u = unit + k / 3 * W; u < unit + (k / 3 + 1) * W; ++u)
            *to++ = u < layer->hidden ? 0.5f * layer->peephole[k % 3 * layer->hidden + u] : 0.0f;
    return to;
}

static float *pack_group(float *to, const struct tc_layer_weights *layer, enum pass pass,
                         unsigned full, unsigned half, size_t unit, bool paired)
{
    pack_bias(to, layer, pass, full, half, unit, layer->b_ih, 0);
    if (layer->activation != TC_MODRELU)
        pack_bias(to, layer, pass, full, half, unit, layer->b_hh, 1);
    to += sums_of(pass, full, half) * W;
    to = pack_peepholes(to, layer, pass, full + half, unit);
    to = pack_columns(to, layer, pass, full, half, unit, layer->w_ih, layer->inputs, paired);
    return pack_columns(to, layer, pass, full, half, unit, layer->w_hh, layer->hidden, paired);
}

static float *pack_pass(float *to, const struct tc_layer_weights *layer, enum pass pass,
                        struct shape shape)
{
    if (!shape.split)
        return pack_group(to, layer, pass, shape.full, shape.half, 0, false);
    for (unsigned b = 0; b < shape.full; ++b)
        to = pack_group(to, layer, pass, 1, 0, b * W, shape.paired);
    return shape.half ? pack_group(to, layer, pass, 0, 1, shape.full * W, shape.paired) : to;
}

static void pack(float *packed, const struct tc_layer_weights *layer)
{
    const enum pass first = first_pass(layer->cell);
    const struct shape shape =
        shape_of(layer->cell, layer->inputs, layer->hidden, layer->precision);

    packed = pack_pass(packed, layer, first, shape);
    if (first == RESET)
        pack_pass(packed, layer, CANDIDATE, shape);
}

/* ------------------------------------------------------------------ one group, some lanes */

/* What is the same for all frames, lanes and groups of a layer. */
struct place {
    unsigned full; /* blocks in all */
    size_t inputs, hidden;
    size_t x_pitch, units;   /* from one lane to the next */
    size_t x_frame, h_frame; /* from one frame to the next */
    size_t second;           /* floats from the weights of the first pass to those of the second */
    enum tc_activation activation;
    const float *threshold; /* of modReLU, all units */
};

/* A group, and the first of some lanes at one frame. */
struct at {
    const float *weights;
    size_t unit;        /* the group's first */
    const float *x, *h; /* the input, and the state before, of all groups */
    float *new_h, *c;   /* of all groups */
    float *gated;       /* r h of all groups */
};

/* Vector k of column s from w on, in pairs or not. */
INLINE vf weights_at(const float *w, unsigned n, unsigned s, unsigned k, bool paired)
{
    const vf word = v_load(w + ((paired ? s / 2 : s) * n + k) * W);

    return paired && s % 2 == 0 ? v_even(word) : word;
}

/* Add `columns` columns, each into a set of sums of its own. */
INLINE void add_some(vf *sum, const float *w, const float *v, size_t pitch, unsigned columns,
                     enum pass pass, unsigned full, unsigned half, unsigned state, unsigned lanes,
                     bool paired)
{
    const unsigned n = vectors_of(pass, full, half), sums = sums_of(pass, full, half);

    UNROLL for (unsigned s = 0; s < columns; ++s)
    {
        UNROLL for (unsigned l = 0; l < lanes; ++l)
        {
            const vf value = v_set(v[l * pitch + s]);

            UNROLL for (unsigned k = 0; k < n; ++k)
            {
                vf *const to = &sum[(s * lanes + l) * sums + sum_of_vector(pass, full, k, state)];

                *to = v_fma(weights_at(w, n, s, k, paired), value, *to);
            }
        }
    }
}

/* Add `count` columns, `sets` at a time into sums of their own, which shortens the chain of
 * additions. How the terms are grouped depends on count, sets and pairs alone. */
INLINE const float *add_columns(vf *sum, const float *w, const float *v, size_t pitch, size_t count,
                                enum pass pass, unsigned full, unsigned half, unsigned state,
                                unsigned sets, unsigned lanes, bool paired)
{
    const unsigned n = vectors_of(pass, full, half);
    size_t i = 0;

    UNROLL_4 for (; i + sets <= count; i += sets)
    {
        add_some(sum, w, v + i, pitch, sets, pass, full, half, state, lanes, paired);
        w += (paired ? sets / 2 : sets) * n * W;
    }
    for (; paired && i + 2 <= count; i += 2, w += n * W)
        add_some(sum, w, v + i, pitch, 2, pass, full, half, state, lanes, true);
    for (; i < count; ++i, w += n * W)
        add_some(sum, w, v + i, pitch, 1, pass, full, half, state, lanes, false);
    return w;
}

/* Turn the sums of a block of one lane, from `unit` on, into the new state, or what the second pass
 * needs for it: r h, and exp z where the state goes. */
INLINE void finish_full(const struct place *place, struct at at, size_t unit, enum pass pass,
                        const float *peephole, const vf *z)
{
    switch (pass) {
    case RNN:
        v_store(at.new_h + unit, full_activated(z[0], place->activation, place->threshold, unit));
        break;
    case LSTM:
        full_lstm_gates(z[0], z[1], z[2], z[3], NULL, at.new_h + unit, at.c + unit);
        break;
    case LSTM_PEEPHOLE:
        full_lstm_gates(z[0], z[1], z[2], z[3], peephole, at.new_h + unit, at.c + unit);
        break;
    case GRU:
        full_gru_gates(z[0], z[1], z[2], z[3], at.h + unit, at.new_h + unit);
        break;
    case RESET:
        full_reset_gates(z[0], z[1], at.h + unit, at.gated + unit, at.new_h + unit);
        break;
    case CANDIDATE:
        full_candidate_gate(z[0], at.h + unit, at.new_h + unit);
        break;
    }
}

/* The same for the half block, which plain RNNs do not have. */
INLINE void finish_half(struct at at, size_t unit, enum pass pass, const float *peephole,
                        const vf *z)
{
    switch (pass) {
    case RNN:
        break;
    case LSTM:
    case LSTM_PEEPHOLE:
        half_lstm_gates(v_low(z[0]), v_high(z[0]), v_low(z[1]), v_high(z[1]),
                        pass == LSTM ? NULL : peephole, at.new_h + unit, at.c + unit);
        break;
    case GRU:
        half_gru_gates(v_low(z[0]), v_high(z[0]), v_low(z[1]), v_low(z[2]), at.h + unit,
                       at.new_h + unit);
        break;
    case RESET:
        half_reset_gates(v_low(z[0]), v_high(z[0]), at.h + unit, at.gated + unit, at.new_h + unit);
        break;
    case CANDIDATE:
        half_candidate_gate(v_low(z[0]), at.h + unit, at.new_h + unit);
        break;
    }
}

INLINE struct at moved(const struct place *place, struct at at, size_t lanes)
{
    at.x += lanes * place->x_pitch;
    at.h += lanes * place->units;
    at.new_h += lanes * place->units;
    at.c += lanes * place->units;
    at.gated += lanes * place->units;
    return at;
}

/* One frame of one group and so many lanes. */
INLINE void run_lanes(const struct place *place, struct at at, enum pass pass, unsigned full,
                      unsigned half, bool paired, unsigned lanes)
{
    const unsigned sums = sums_of(pass, full, half), sets = sets_of(pass, full, half);
    const float *const peephole = at.weights + sums * W;
    const float *w = at.weights;
    vf sum[MAX_SUMS];

    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        UNROLL for (unsigned k = 0; k < sums; ++k) sum[l * sums + k] = v_load(w + k * W);
    }
    UNROLL for (unsigned k = lanes * sums; k < sets * lanes * sums; ++k) sum[k] = v_set(0.0f);
    w += (sums + peepholes_of(pass, full + half)) * W;
    if (paired && place->inputs > MOST_UNPAIRED)
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, pass, full, half, 0, sets,
                        lanes, true);
    else
        w = add_columns(sum, w, at.x, place->x_pitch, place->inputs, pass, full, half, 0, sets,
                        lanes, false);
    add_columns(sum, w, pass == CANDIDATE ? at.gated : at.h, place->units, place->hidden, pass,
                full, half, 1, sets, lanes, paired);
    UNROLL for (unsigned k = 0; k < lanes * sums; ++k)
    {
        UNROLL for (unsigned s = 1; s < sets; ++s) sum[k] =
            v_add(sum[k], sum[s * lanes * sums + k]);
    }
    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        const struct at lane = moved(place, at, l);

        UNROLL for (unsigned b = 0; b < full; ++b)
            finish_full(place, lane, at.unit + b * W, pass, peephole + peepholes_of(pass, b) * W,
                        sum + l * sums + b * full_sums(pass));
        if (half)
            finish_half(lane, at.unit + full * W, pass, peephole + peepholes_of(pass, full) * W,
                        sum + l * sums + full * full_sums(pass));
    }
}

/* ------------------------------------------------------------------ a block of frames */

enum { MOST_LANES = 3 };

/* Lanes that share a group's sums in the registers. */
INLINE unsigned lanes_of(enum pass pass, unsigned full, unsigned half)
{
    const unsigned fit = MAX_SUMS / (sets_of(pass, full, half) * sums_of(pass, full, half));

    return fit > MOST_LANES ? MOST_LANES : fit ? fit : 1;
}

/* One frame of one group and all lanes, as many together as fit the registers. */
INLINE void run_group(const struct place *place, struct at at, size_t lanes, enum pass pass,
                      unsigned full, unsigned half, bool paired)
{
    UNROLL for (unsigned n = lanes_of(pass, full, half); n; --n) for (; lanes >= n; lanes -= n)
    {
        run_lanes(place, at, pass, full, half, paired, n);
        at = moved(place, at, n);
    }
}

/* One frame of a layer whose blocks are groups of their own. The order of the groups turns with
 * every frame: the weights read last are still in the first cache. */
INLINE void run_blocks(const struct place *place, struct at at, size_t lanes, bool back,
                       enum pass pass, unsigned half, bool paired)
{
    const size_t size = group_floats(pass, 1, 0, place->inputs, place->hidden, paired);
    struct at last = at;

    last.weights += place->full * size;
    last.unit = place->full * W;
    if (half && back)
        run_group(place, last, lanes, pass, 0, 1, paired);
    for (unsigned i = 0; i < place->full; ++i) {
        const unsigned b = back ? place->full - 1 - i : i;
        struct at block = at;

        block.weights += b * size;
        block.unit = b * W;
        run_group(place, block, lanes, pass, 1, 0, paired);
    }
    if (half && !back)
        run_group(place, last, lanes, pass, 0, 1, paired);
}

/* One frame of all groups, in one pass; `full` and `half` are of a group. */
INLINE void run_pass(const struct place *place, struct at at, size_t lanes, bool back,
                     enum pass pass, unsigned full, unsigned half, bool split, bool paired)
{
    if (split)
        run_blocks(place, at, lanes, back, pass, half, paired);
    else
        run_group(place, at, lanes, pass, full, half, false);
}

/* A block of frames. */
INLINE void run_frames(const struct place *layer, struct at at, size_t frames, size_t lanes,
                       enum pass first, unsigned full, unsigned half, bool split, bool paired)
{
    const struct place place = *layer;

    for (size_t t = 0; t < frames; ++t) {
        struct at second = at;

        second.weights += place.second;
        run_pass(&place, at, lanes, t % 2 != 0, first, full, half, split, paired);
        if (first == RESET)
            run_pass(&place, second, lanes, t % 2 != 0, CANDIDATE, full, half, split, paired);
        at.x += place.x_frame;
        at.h += place.h_frame;
        at.new_h += place.h_frame;
    }
}

/* A function for each cell and group, so that constants stay in registers from frame to frame. */
#define RUN(NAME, FIRST, FULL, HALF, IS_SPLIT, PAIRED)                                     \
    static void NAME(const struct place *place, struct at at, size_t frames, size_t lanes) \
    {                                                                                      \
        run_frames(place, at, frames, lanes, FIRST, FULL, HALF, IS_SPLIT, PAIRED);         \
    }
#define TOGETHER(CELL, FULL, HALF) RUN(CELL##_##FULL##_##HALF, CELL, FULL, HALF, false, false)
#define SPLIT(CELL, HALF)                                \
    RUN(CELL##_split_##HALF, CELL, 0, HALF, true, false) \
    RUN(CELL##_paired_##HALF, CELL, 0, HALF, true, true)

/* Of cells by the name of their first pass. */
#define GATED(CELL)      \
    TOGETHER(CELL, 0, 1) \
    TOGETHER(CELL, 1, 0) \
    TOGETHER(CELL, 1, 1) \
    TOGETHER(CELL, 2, 0) \
    TOGETHER(CELL, 2, 1) \
    TOGETHER(CELL, 3, 0) \
    TOGETHER(CELL, 3, 1) \
    SPLIT(CELL, 0)       \
    SPLIT(CELL, 1)

TOGETHER(RNN, 1, 0)
TOGETHER(RNN, 2, 0)
TOGETHER(RNN, 3, 0)
SPLIT(RNN, 0)
GATED(LSTM)
GATED(LSTM_PEEPHOLE)
GATED(GRU)
GATED(RESET)

typedef void run_function(const struct place *place, struct at at, size_t frames, size_t lanes);

/* By full blocks, half block or not; by pairs or not, half block or not. */
#define GATED_RUNS(CELL)                                                        \
    {                                                                           \
        {NULL, CELL##_0_1}, {CELL##_1_0, CELL##_1_1}, {CELL##_2_0, CELL##_2_1}, \
            {CELL##_3_0, CELL##_3_1},                                           \
    }
#define GATED_SPLIT_RUNS(CELL)                                                \
    {                                                                         \
        {CELL##_split_0, CELL##_split_1}, {CELL##_paired_0, CELL##_paired_1}, \
    }

static run_function *const runs[TC_CELLS][MOST_TOGETHER + 1][2] = {
    [TC_CELL_RNN] = {{NULL}, {RNN_1_0}, {RNN_2_0}, {RNN_3_0}},
    [TC_CELL_LSTM] = GATED_RUNS(LSTM),
    [TC_CELL_GRU] = GATED_RUNS(GRU),
    [TC_CELL_LSTM_PEEPHOLE] = GATED_RUNS(LSTM_PEEPHOLE),
    [TC_CELL_GRU_RESET_BEFORE] = GATED_RUNS(RESET),
};

static run_function *const split_runs[TC_CELLS][2][2] = {
    [TC_CELL_RNN] = {{RNN_split_0}, {RNN_paired_0}},
    [TC_CELL_LSTM] = GATED_SPLIT_RUNS(LSTM),
    [TC_CELL_GRU] = GATED_SPLIT_RUNS(GRU),
    [TC_CELL_LSTM_PEEPHOLE] = GATED_SPLIT_RUNS(LSTM_PEEPHOLE),
    [TC_CELL_GRU_RESET_BEFORE] = GATED_SPLIT_RUNS(RESET),
};

static void run_layer(const struct tc_layer_run *run)
{
    const struct tc_packed_layer *const layer = run->layer;
    const struct shape shape =
        shape_of(layer->cell, layer->inputs, layer->hidden, layer->precision);
    const struct place place = {
        .full = shape.full,
        .inputs = layer->inputs,
        .hidden = layer->hidden,
        .x_pitch = run->x_pitch,
        .units = layer->units,
        .x_frame = layer->lanes * run->x_pitch,
        .h_frame = layer->lanes * layer->units,
        .second = pass_floats(first_pass(layer->cell), shape, layer->inputs, layer->hidden),
        .activation = layer->activation,
        .threshold = layer->threshold};
    const struct at at = {.weights = layer->weights,
                          .x = run->x,
                          .h = run->h,
                          .new_h = run->h + place.h_frame,
                          .c = run->c,
                          .gated = run->scratch};
    run_function *const frames = shape.split ? split_runs[layer->cell][shape.paired][shape.half]
                                             : runs[layer->cell][shape.full][shape.half];

    frames(&place, at, run->n_frames, layer->lanes);
}

static void readout(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames)
{
    for (size_t t = 0; t < n_frames; ++t, h += pitch) {
        vf sum = v_set(0.0f);

        for (size_t i = 0; i < n; i += W)
            sum = v_fma(v_load(w + i), v_load(h + i), sum);
        y[t] = b + v_sum(sum);
    }
}

#define TC_VECTOR_TABLE(its_name, its_needs)                                          \
    {                                                                                 \
        .name = its_name, .needs = its_needs, .width = W, .packed_size = packed_size, \
        .scratch = scratch, .pack = pack, .run = run_layer, .readout = readout,       \
    }

#endif
