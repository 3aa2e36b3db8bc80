/** @file
 *  How a layer's units are grouped into vectors, and where its packed weights are.
 *
 *  A block is V_WIDTH units, one vector. A layer of H units is `full` blocks and, where at most
 *  V_WIDTH / 2 units remain, a half block, in which two gates share a vector. For H = 20 and
 *  V_WIDTH = 8:
 *
 *      units       0..7        8..15       16..19
 *                  full block  full block  half block
 *
 *  Blocks are combined into groups whose sums stay in registers over the whole product: all blocks
 *  of the layer, or each block by itself. Packed weights, group by group, in vectors of V_WIDTH
 *  floats:
 *
 *      biases      a vector for each sum
 *      peepholes   3 vectors (i, f, o) for each block, if the cell has them; the same values in
 *                  both halves for a half block
 *      columns     of the I inputs, then of the H units of the state. A column of a group of two
 *                  full blocks and a half one of an LSTM:
 *
 *                      | i      | f      | g      | o      |   units 0..7
 *                      | i      | f      | g      | o      |   units 8..15
 *                      | i   f  | g   o  |                     units 16..19
 *
 *  A GRU that resets before the product has all groups of r and z, then all groups of n. With half
 *  precision two columns are stored as one, in pairs of bfloat16 (bf16_pair.h). */
#ifndef TC_WEIGHT_LAYOUT_H
#define TC_WEIGHT_LAYOUT_H

#include "kernels/inline.h"
#include "kernels/kernels.h"

/* What one step over the groups of a layer computes: all gates of a cell, or one part of a GRU that
 * resets before the product: first r and z, then the candidate, whose product takes r h of all
 * units. */
enum step_kind { RNN, LSTM, LSTM_PEEPHOLE, GRU, GRU_RESET_GATES, GRU_CANDIDATE, STEP_KINDS };

/* Rows of a step: `gates` of the cell's from `first_gate` on. With `candidate_sums` gate 2 has two
 * sums, one for the input and one for the state. */
struct step_rows {
    unsigned gates, first_gate, peepholes;
    bool candidate_sums;
};

static const struct step_rows step_rows[STEP_KINDS] = {
    [RNN] = {1, 0, 0, false},
    [LSTM] = {4, 0, 0, false},
    [LSTM_PEEPHOLE] = {4, 0, 3, false},
    [GRU] = {3, 0, 0, true},
    [GRU_RESET_GATES] = {2, 0, 0, false},
    [GRU_CANDIDATE] = {1, 2, 0, false},
};

/* The only step of a cell, or the first of two. */
static const enum step_kind first_steps[TC_CELLS] = {
    [TC_CELL_RNN] = RNN,
    [TC_CELL_LSTM] = LSTM,
    [TC_CELL_LSTM_PEEPHOLE] = LSTM_PEEPHOLE,
    [TC_CELL_GRU] = GRU,
    [TC_CELL_GRU_RESET_BEFORE] = GRU_RESET_GATES,
};

/* Sums (accumulators) of a full block and of a half one; vectors of a column in a half block. */
INLINE unsigned full_sums(enum step_kind kind)
{
    return step_rows[kind].gates + step_rows[kind].candidate_sums;
}

INLINE unsigned half_vectors(enum step_kind kind)
{
    return (step_rows[kind].gates + 1) / 2;
}

INLINE unsigned half_sums(enum step_kind kind)
{
    return half_vectors(kind) + step_rows[kind].candidate_sums;
}

/* The same of a group of `full` and `half` blocks; vectors of peepholes of so many blocks. */
INLINE unsigned group_sums(enum step_kind kind, unsigned full, unsigned half)
{
    return full * full_sums(kind) + half * half_sums(kind);
}

INLINE unsigned group_vectors(enum step_kind kind, unsigned full, unsigned half)
{
    return full * step_rows[kind].gates + half * half_vectors(kind);
}

INLINE unsigned peephole_vectors(enum step_kind kind, unsigned blocks)
{
    return step_rows[kind].peepholes * blocks;
}

/* The sum that a column's vector is added to; `state`: 1 for a column of the state, 0 for one of
 * the input. */
INLINE unsigned sum_of_vector(enum step_kind kind, unsigned full, unsigned vector, unsigned state)
{
    const unsigned n = step_rows[kind].gates, in_half = vector - full * n;
    const bool two = step_rows[kind].candidate_sums;

    if (vector < full * n)
        return vector / n * full_sums(kind) + vector % n + (two && vector % n == 2 ? state : 0);
    return full * full_sums(kind) + in_half + (two && in_half == 1 ? state : 0);
}

/* A layer's blocks and their groups: all blocks are one group where they are few and their weights
 * fit the first cache; else each block is a group, so that the gates of one overlap the product of
 * the next, and further channels find a block's weights in the cache. */
struct layout {
    unsigned full, half; /* blocks */
    bool split;          /* each block is a group */
    bool bf16;           /* half precision, only if split; a matrix of few columns stays float32 */
    bool alternate;      /* odd frames take the groups in reverse order; only if split */
};

enum {
    MAX_GROUP_BLOCKS = 3,       /* full blocks */
    MAX_GROUPED_WEIGHTS = 9216, /* floats: what the first cache of a CPU of today has for them */
    MAX_CACHED_WEIGHTS = 10240, /* words that stay in the cache from frame to frame */
    MIN_BF16_WEIGHTS = 13824,   /* more weights than these: half precision is faster */
    MAX_FLOAT_COLUMNS = 16      /* columns that stay float32: audio and knobs, which need the
                                   precision more than they cost */
};

static struct layout layout_of(enum tc_cell cell, size_t inputs, size_t hidden,
                               enum tc_precision precision)
{
    const size_t remaining = hidden % V_WIDTH;
    const unsigned half = cell != TC_CELL_RNN && remaining > 0 && remaining <= V_WIDTH / 2;
    const unsigned full = (unsigned)(hidden / V_WIDTH) + (remaining && !half);
    const size_t weights = tc_cell_gates(cell) * hidden * (inputs + hidden);
    const bool split =
        full + half > 1 && (weights > MAX_GROUPED_WEIGHTS || full > MAX_GROUP_BLOCKS);
    const bool bf16 = split && hidden > MAX_FLOAT_COLUMNS && weights > MIN_BF16_WEIGHTS &&
                      precision == TC_PRECISION_HALF;

    return (struct layout){full, half, split, bf16,
                           split && (bf16 ? weights / 2 : weights) > MAX_CACHED_WEIGHTS};
}

/* Columns that a matrix takes in memory. */
INLINE size_t stored_columns(size_t columns, bool bf16)
{
    return bf16 && columns > MAX_FLOAT_COLUMNS ? columns / 2 + columns % 2 : columns;
}

INLINE size_t group_floats(enum step_kind kind, unsigned full, unsigned half, size_t inputs,
                           size_t hidden, bool bf16)
{
    const size_t columns = stored_columns(inputs, bf16) + stored_columns(hidden, bf16);

    return (group_sums(kind, full, half) + peephole_vectors(kind, full + half) +
            columns * group_vectors(kind, full, half)) *
           V_WIDTH;
}

/* All groups of a step. */
static size_t step_floats(enum step_kind kind, struct layout layout, size_t inputs, size_t hidden)
{
    if (!layout.split)
        return group_floats(kind, layout.full, layout.half, inputs, hidden, false);
    return layout.full * group_floats(kind, 1, 0, inputs, hidden, layout.bf16) +
           layout.half * group_floats(kind, 0, 1, inputs, hidden, layout.bf16);
}

#endif
