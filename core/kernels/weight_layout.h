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
 *  Where a cell takes two steps (a GRU that resets before the product: r and z, then n), all groups
 *  of the first come before all groups of the second. With half precision two columns are stored as
 *  one, in pairs of bfloat16 (bf16_pair.h). */
#ifndef TC_WEIGHT_LAYOUT_H
#define TC_WEIGHT_LAYOUT_H

#include "kernels/inline.h"
#include "kernels/kernels.h"

/* What is computed in one go over the groups of a layer: a product with the state, and the gates
 * that follow. Cells whose slots have a product with r h take two: first the gates of the others,
 * r among them, then, as r h of all units is known, those of that product. */
struct cell_step {
    enum tc_cell cell;
    bool second;
};

INLINE struct cell_step first_step(enum tc_cell cell)
{
    return (struct cell_step){cell, false};
}

INLINE struct cell_step second_step(enum tc_cell cell)
{
    return (struct cell_step){cell, true};
}

INLINE bool has_second_step(enum tc_cell cell)
{
    return tc_cell_slots(cell)->reset.count > 0;
}

/* Gates of a step: so many from first_gate() on. */
INLINE unsigned step_gates(struct cell_step step)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(step.cell);

    return step.second ? slots->reset.count : slots->state.count;
}

INLINE unsigned first_gate(struct cell_step step)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(step.cell);

    return step.second ? slots->reset.gates[0] : slots->state.gates[0];
}

/* 1 if the last gate has two sums, one for the input and one for the state, as the candidate of a
 * GRU that resets after the product: the slots of the state end beyond those of the input. */
INLINE unsigned separate_sums(struct cell_step step)
{
    const struct tc_fed_slots input = tc_cell_slots(step.cell)->input;
    const struct tc_fed_slots state = tc_cell_slots(step.cell)->state;

    return step.second ? 0 : state.first + state.count > input.first + input.count;
}

/* Sums (accumulators) of a full block and of a half one; vectors of a column in a half block. */
INLINE unsigned full_sums(struct cell_step step)
{
    return step_gates(step) + separate_sums(step);
}

INLINE unsigned half_vectors(struct cell_step step)
{
    return (step_gates(step) + 1) / 2;
}

INLINE unsigned half_sums(struct cell_step step)
{
    return half_vectors(step) + separate_sums(step);
}

/* The same of a group of `full` and `half` blocks; vectors of peepholes of so many blocks. */
INLINE unsigned group_sums(struct cell_step step, unsigned full, unsigned half)
{
    return full * full_sums(step) + half * half_sums(step);
}

INLINE unsigned group_vectors(struct cell_step step, unsigned full, unsigned half)
{
    return full * step_gates(step) + half * half_vectors(step);
}

INLINE unsigned peephole_vectors(struct cell_step step, unsigned blocks)
{
    return step.second ? 0 : tc_cell_peepholes(step.cell) * blocks;
}

/* The sum that a column's vector is added to; `state`: 1 for a column of the state, 0 for one of
 * the input. */
INLINE unsigned sum_of_vector(struct cell_step step, unsigned full, unsigned vector, unsigned state)
{
    const unsigned n = step_gates(step), in_half = vector - full * n;
    const bool two = separate_sums(step);

    if (vector < full * n)
        return vector / n * full_sums(step) + vector % n + (two && vector % n == n - 1 ? state : 0);
    return full * full_sums(step) + in_half + (two && in_half == (n - 1) / 2 ? state : 0);
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
    const unsigned half = tc_cell_gates(cell) > 1 && remaining > 0 && remaining <= V_WIDTH / 2;
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

INLINE size_t group_floats(struct cell_step step, unsigned full, unsigned half, size_t inputs,
                           size_t hidden, bool bf16)
{
    const size_t columns = stored_columns(inputs, bf16) + stored_columns(hidden, bf16);

    return (group_sums(step, full, half) + peephole_vectors(step, full + half) +
            columns * group_vectors(step, full, half)) *
           V_WIDTH;
}

/* All groups of a step. */
static size_t step_floats(struct cell_step step, struct layout layout, size_t inputs, size_t hidden)
{
    if (!layout.split)
        return group_floats(step, layout.full, layout.half, inputs, hidden, false);
    return layout.full * group_floats(step, 1, 0, inputs, hidden, layout.bf16) +
           layout.half * group_floats(step, 0, 1, inputs, hidden, layout.bf16);
}

#endif
