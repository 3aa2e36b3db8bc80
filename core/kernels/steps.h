/** @file
 *  Layers in vectors: one source for every instruction set. kernels_avx2.c and its like include
 *  a vector_...h, say what fits into the registers, and include this:
 *
 *      MAX_SUMS                     registers for sums
 *      MOST_TWOFOLD, MOST_FOURFOLD  of which two, or four, sets take so many at most (sets_of()) */
#ifndef TC_STEPS_H
#define TC_STEPS_H

#include "kernels/group.h"
#include "kernels/norm.h"
#include "kernels/pack.h"
#include "kernels/readout.h"
#include "kernels/tables.h"

/* One frame of one group and all lanes. */
INLINE void run_group(const struct place *place, struct at at, size_t lanes, enum pass pass,
                      unsigned full, unsigned half, bool paired)
{
    UNROLL for (unsigned n = lanes_of(pass, full, half, paired); n; --n) for (; lanes >= n;
                                                                              lanes -= n)
    {
        run_lanes(place, at, pass, full, half, paired, n);
        at = moved(place, at, n);
    }
}

/* One frame of a layer whose blocks are groups of their own. Going back after going forth finds the
 * weights that were read last still in the first cache. Where all of them stay there, going forth
 * is faster: no block waits for the one that was finished last. */
INLINE void run_blocks(const struct place *place, struct at at, size_t lanes, bool back,
                       enum pass pass, unsigned half, bool paired)
{
    const size_t size = group_floats(pass, 1, 0, place->inputs, place->hidden, paired);
    const size_t step = back ? (size_t)-1 : 1;
    struct at block = at, last = at;
    size_t b = back ? place->full - 1 : 0;

    last.weights += place->full * size;
    last.unit = place->full * W;
    if (half && back)
        run_group(place, last, lanes, pass, 0, 1, paired);
    for (unsigned left = place->full; left; --left, b += step) {
        block.weights = at.weights + b * size;
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

/* What a layer's last unit had to be waited for. */
SEPARATE void run_softmax(const struct place *place, float *h, size_t lanes)
{
    for (size_t l = 0; l < lanes; ++l)
        tc_softmax(h + l * place->units, place->hidden);
}

/* A block of frames. */
INLINE void run_frames(const struct place *layer, struct at at, size_t frames, size_t lanes,
                       enum pass first, unsigned full, unsigned half, bool split, bool paired)
{
    const struct place place = *layer;

    for (size_t t = 0; t < frames; ++t) {
        const bool back = place.turns && t % 2 != 0;
        struct at second = at;

        second.weights += place.second;
        run_pass(&place, at, lanes, back, first, full, half, split, paired);
        if (first == RESET)
            run_pass(&place, second, lanes, back, CANDIDATE, full, half, split, paired);
        if (first == RNN && place.activation == TC_SOFTMAX)
            run_softmax(&place, at.new_h, lanes);
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
        .turns = shape.turns,
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

#define TC_VECTOR_TABLE(its_name, its_needs)                                                  \
    {                                                                                         \
        .name = its_name, .needs = its_needs, .width = W, .packed_size = packed_size,         \
        .scratch = scratch, .pack = pack, .run = run_layer, .norm = norm, .readout = readout, \
    }

#endif
