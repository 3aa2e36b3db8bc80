/** @file
 *  Layers in vectors: one source for every instruction set. kernels_avx2.c and its like include a
 *  vector_...h, say how many registers there are, and include this:
 *
 *      MAX_SUMS             registers for sums
 *      MAX_SUMS_SPLIT_2     registers up to which a sum is split in two, or in four
 *      MAX_SUMS_SPLIT_4     (gate_sums.h)
 *
 *  From the inside out: gate_sums.h (products), gates.h (activations), group_step.h (both, of one
 *  group at one frame), and here all groups and frames of a layer. A state is (channels, units),
 *  units the hidden size padded to a multiple of V_WIDTH:
 *
 *      | channel 0: H values, padding | channel 1: H values, padding | ... */
#ifndef TC_LAYER_FORWARD_H
#define TC_LAYER_FORWARD_H

#include "kernels/group_step.h"
#include "kernels/kernel_sets.h"
#include "kernels/vector_layer_norm.h"
#include "kernels/pack_weights.h"
#include "kernels/vector_readout.h"
#include "kernels/weighted_sum.h"

/* One frame of one group and all channels. */
INLINE void step_group(const struct layer_args *layer, struct step_args args, size_t channels,
                       struct cell_step step, unsigned full, unsigned half, bool bf16)
{
    UNROLL for (unsigned n = step_width(step, full, half, bf16); n; --n) for (; channels >= n;
                                                                              channels -= n)
    {
        step_channels(layer, args, step, full, half, bf16, n);
        args = next_channel(layer, args, n);
    }
}

/* One frame of a layer whose blocks are groups of their own. Taking them in reverse at every second
 * frame finds the weights that were read last still in the first cache. Where all of them stay
 * there, always the same order is faster: no block waits for the one that was computed last. */
INLINE void step_blocks(const struct layer_args *layer, struct step_args args, size_t channels,
                        bool reverse, struct cell_step step, unsigned half, bool bf16)
{
    const size_t size = group_floats(step, 1, 0, layer->inputs, layer->hidden, bf16);
    const size_t next = reverse ? (size_t)-1 : 1;
    struct step_args block = args, last = args;
    size_t b = reverse ? layer->full - 1 : 0;

    last.weights += layer->full * size;
    last.unit = layer->full * V_WIDTH;
    if (half && reverse)
        step_group(layer, last, channels, step, 0, 1, bf16);
    for (unsigned remaining = layer->full; remaining; --remaining, b += next) {
        block.weights = args.weights + b * size;
        block.unit = b * V_WIDTH;
        step_group(layer, block, channels, step, 1, 0, bf16);
    }
    if (half && !reverse)
        step_group(layer, last, channels, step, 0, 1, bf16);
}

/* One frame of all groups in one step; `full` and `half` are of the only group, if not split. */
INLINE void step_layer(const struct layer_args *layer, struct step_args args, size_t channels,
                       bool reverse, struct cell_step step, unsigned full, unsigned half,
                       bool split, bool bf16)
{
    if (split)
        step_blocks(layer, args, channels, reverse, step, half, bf16);
    else
        step_group(layer, args, channels, step, full, half, false);
}

/* A softmax needs all units of a layer. */
SEPARATE void apply_softmax(const struct layer_args *layer, float *h, size_t channels)
{
    for (size_t c = 0; c < channels; ++c)
        tc_softmax(h + c * layer->units, layer->hidden);
}

/* A block of frames. */
INLINE void forward_frames(const struct layer_args *layer_args, struct step_args args,
                           size_t frames, size_t channels, enum tc_cell cell, unsigned full,
                           unsigned half, bool split, bool bf16)
{
    const struct layer_args layer = *layer_args;

    if (half && tc_cell_table[cell].description.gates == 1)
        return; /* cells of one gate have no half blocks */
    for (size_t t = 0; t < frames; ++t) {
        const bool reverse = layer.alternate && t % 2 != 0;
        struct step_args second = args;

        second.weights += layer.second_weights;
        step_layer(&layer, args, channels, reverse, first_step(cell), full, half, split, bf16);
        if (has_second_step(cell))
            step_layer(&layer, second, channels, reverse, second_step(cell), full, half, split,
                       bf16);
        if (tc_cell_table[cell].description.any_activation && layer.activation == TC_SOFTMAX)
            apply_softmax(&layer, args.new_h, channels);
        args.x += layer.x_frame;
        args.h += layer.h_frame;
        args.new_h += layer.h_frame;
    }
}

typedef void forward_function(const struct layer_args *layer, struct step_args args, size_t frames,
                              size_t channels);

/* A function for each cell and grouping, so that its constants stay in registers from frame to
 * frame: in one function for a cell, branching to the groupings, gcc loses up to 17 % of speed. */
#define FORWARD(name, ...)                                                                 \
    static void name(const struct layer_args *layer, struct step_args args, size_t frames, \
                     size_t channels)                                                      \
    {                                                                                      \
        forward_frames(layer, args, frames, channels, __VA_ARGS__);                        \
    }

/* The functions of a cell: by full blocks and half blocks in one group, by half blocks if split. */
struct forward_functions {
    forward_function *one_group[MAX_GROUP_BLOCKS + 1][2], *split[2], *split_bf16[2];
};

#define TC_CELL_ROW(cell, name, ...)                                                            \
    FORWARD(name##_0_1, cell, 0, 1, false, false)                                               \
    FORWARD(name##_1_0, cell, 1, 0, false, false)                                               \
    FORWARD(name##_1_1, cell, 1, 1, false, false)                                               \
    FORWARD(name##_2_0, cell, 2, 0, false, false)                                               \
    FORWARD(name##_2_1, cell, 2, 1, false, false)                                               \
    FORWARD(name##_3_0, cell, 3, 0, false, false)                                               \
    FORWARD(name##_3_1, cell, 3, 1, false, false)                                               \
    FORWARD(name##_split_0, cell, 0, 0, true, false)                                            \
    FORWARD(name##_split_1, cell, 0, 1, true, false)                                            \
    FORWARD(name##_bf16_0, cell, 0, 0, true, true)                                              \
    FORWARD(name##_bf16_1, cell, 0, 1, true, true)                                              \
    static const struct forward_functions name##_functions = {{{NULL, name##_0_1},              \
                                                               {name##_1_0, name##_1_1},        \
                                                               {name##_2_0, name##_2_1},        \
                                                               {name##_3_0, name##_3_1}},       \
                                                              {name##_split_0, name##_split_1}, \
                                                              {name##_bf16_0, name##_bf16_1}};
#include "model/cell_rows.h"

static const struct forward_functions *const functions_of[TC_CELLS] = {
#define TC_CELL_ROW(cell, name, ...) [cell] = &name##_functions,
#include "model/cell_rows.h"
};

static forward_function *find_function(enum tc_cell cell, struct layout layout)
{
    const struct forward_functions *const functions = functions_of[cell];

    if (!layout.split)
        return functions->one_group[layout.full][layout.half];
    return layout.bf16 ? functions->split_bf16[layout.half] : functions->split[layout.half];
}

static void forward_layer(const struct tc_forward_args *forward)
{
    const struct tc_packed_layer *const packed = forward->layer;
    const struct layout layout =
        layout_of(packed->cell, packed->inputs, packed->hidden, packed->precision);
    const struct layer_args layer = {.full = layout.full,
                                     .alternate = layout.alternate,
                                     .inputs = packed->inputs,
                                     .hidden = packed->hidden,
                                     .x_pitch = forward->x_pitch,
                                     .units = packed->units,
                                     .x_frame = packed->channels * forward->x_pitch,
                                     .h_frame = packed->channels * packed->units,
                                     .second_weights = step_floats(first_step(packed->cell), layout,
                                                                   packed->inputs, packed->hidden),
                                     .activation = packed->activation,
                                     .threshold = packed->threshold};
    const struct step_args args = {.weights = packed->weights,
                                   .x = forward->x,
                                   .h = forward->h,
                                   .new_h = forward->h + layer.h_frame,
                                   .c = forward->c,
                                   .reset_h = forward->scratch};

    find_function(packed->cell, layout)(&layer, args, forward->n_frames, packed->channels);
}

#define TC_VECTOR_KERNELS(its_name, its_needs)                                              \
    {                                                                                       \
        .name = its_name, .needs = its_needs, .width = V_WIDTH, .packed_size = packed_size, \
        .scratch = scratch, .pack = pack, .forward = forward_layer, .norm = norm,           \
        .readout = readout, .weighted_sum = weighted_sum,                                   \
    }

#endif
