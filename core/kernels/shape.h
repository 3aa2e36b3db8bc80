/** @file
 *  How a layer is cut into vectors, and what they take in memory.
 *
 *  A block is W units. A layer of H units is `full` blocks and, where at most half a block is left,
 *  a half one, in which two gates share a vector. The blocks are put into groups whose sums stay in
 *  registers over the whole product. Packed weights, group by group, in vectors:
 *
 *      biases (a vector per sum), peepholes (three vectors per block, if there are; the same in
 *      both halves for a half block), then for each input and each unit of the state: its column,
 *      a vector per gate and full block, two for all gates of the half block
 *
 *  Half precision stores two columns as one, a pair of weights (precision.h) in each word. */
#ifndef TC_SHAPE_H
#define TC_SHAPE_H

#include "kernels/inline.h"
#include "kernels/kernels.h"

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
    bool paired; /* columns, but for an input of few; only if split */
    bool turns;  /* the order of the groups, with every frame; only if split */
};

enum {
    MOST_TOGETHER = 3,    /* full blocks */
    CACHED_FLOATS = 9216, /* of weights, of what the first cache of a CPU of today has for them */
    KEPT_FLOATS = 10240,  /* of weights, or pairs, that stay there from frame to frame */
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
    const bool paired =
        split && hidden > MOST_UNPAIRED && floats > LARGE_FLOATS && precision == TC_PRECISION_HALF;

    return (struct shape){full, half, split, paired,
                          split && (paired ? floats / 2 : floats) > KEPT_FLOATS};
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

/* Registers that the state's product takes: so many sets of a column's vectors, and the finished
 * sums of the input that do not go on, of which only a GRU's candidate has one. */
INLINE unsigned registers_of(enum pass pass, unsigned full, unsigned half, unsigned sets)
{
    const unsigned n = vectors_of(pass, full, half);

    return sets * n + sums_of(pass, full, half) - n;
}

/* Further registers, for taking pairs apart. */
INLINE unsigned registers_for_pairs(bool paired)
{
    return paired ? 2 : 0;
}

/* Sets of sums: a group of few would wait for its own; more sets give it something to do meanwhile.
 * Four of them take MOST_FOURFOLD registers at most, two MOST_TWOFOLD, as each instruction set
 * says. Depends on the layer alone, so that a lane's result does not depend on how many there are.
 */
INLINE unsigned sets_of(enum pass pass, unsigned full, unsigned half, bool paired)
{
    const unsigned apart = registers_for_pairs(paired);

    if (registers_of(pass, full, half, 4) + apart <= MOST_FOURFOLD)
        return 4;
    return registers_of(pass, full, half, 2) + apart <= MOST_TWOFOLD ? 2 : 1;
}

static size_t pass_floats(enum pass pass, struct shape shape, size_t inputs, size_t hidden)
{
    if (!shape.split)
        return group_floats(pass, shape.full, shape.half, inputs, hidden, false);
    return shape.full * group_floats(pass, 1, 0, inputs, hidden, shape.paired) +
           shape.half * group_floats(pass, 0, 1, inputs, hidden, shape.paired);
}

#endif
