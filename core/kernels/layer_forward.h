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
#include "kernels/norm.h"
#include "kernels/pack_weights.h"
#include "kernels/readout.h"
#include "kernels/weighted_sum.h"

/* One frame of one group and all channels. */
INLINE void step_group(const struct layer_args *layer, struct step_args args, size_t channels,
                       enum step_kind kind, unsigned full, unsigned half, bool bf16)
{
    UNROLL for (unsigned n = step_width(kind, full, half, bf16); n; --n) for (; channels >= n;
                                                                              channels -= n)
    {
        step_channels(layer, args, kind, full, half, bf16, n);
        args = next_channel(layer, args, n);
    }
}

/* One frame of a layer whose blocks are groups of their own. Taking them in reverse at every second
 * frame finds the weights that were read last still in the first cache. Where all of them stay
 * there, always the same order is faster: no block waits for the one that was computed last. */
INLINE void step_blocks(const struct layer_args *layer, struct step_args args, size_t channels,
                        bool reverse, enum step_kind kind, unsigned half, bool bf16)
{
    const size_t size = group_floats(kind, 1, 0, layer->inputs, layer->hidden, bf16);
    const size_t step = reverse ? (size_t)-1 : 1;
    struct step_args block = args, last = args;
    size_t b = reverse ? layer->full - 1 : 0;

    last.weights += layer->full * size;
    last.unit = layer->full * V_WIDTH;
    if (half && reverse)
        step_group(layer, last, channels, kind, 0, 1, bf16);
    for (unsigned remaining = layer->full; remaining; --remaining, b += step) {
        block.weights = args.weights + b * size;
        block.unit = b * V_WIDTH;
        step_group(layer, block, channels, kind, 1, 0, bf16);
    }
    if (half && !reverse)
        step_group(layer, last, channels, kind, 0, 1, bf16);
}

/* One frame of all groups in one step; `full` and `half` are of the only group, if not split. */
INLINE void step_layer(const struct layer_args *layer, struct step_args args, size_t channels,
                       bool reverse, enum step_kind kind, unsigned full, unsigned half, bool split,
                       bool bf16)
{
    if (split)
        step_blocks(layer, args, channels, reverse, kind, half, bf16);
    else
        step_group(layer, args, channels, kind, full, half, false);
}

/* A softmax needs all units of a layer. */
SEPARATE void apply_softmax(const struct layer_args *layer, float *h, size_t channels)
{
    for (size_t c = 0; c < channels; ++c)
        tc_softmax(h + c * layer->units, layer->hidden);
}

/* A block of frames. */
INLINE void forward_frames(const struct layer_args *layer_args, struct step_args args,
                           size_t frames, size_t channels, enum step_kind first, unsigned full,
                           unsigned half, bool split, bool bf16)
{
    const struct layer_args layer = *layer_args;

    for (size_t t = 0; t < frames; ++t) {
        const bool reverse = layer.alternate && t % 2 != 0;
        struct step_args second = args;

        second.weights += layer.candidate_weights;
        step_layer(&layer, args, channels, reverse, first, full, half, split, bf16);
        if (first == GRU_RESET_GATES)
            step_layer(&layer, second, channels, reverse, GRU_CANDIDATE, full, half, split, bf16);
        if (first == RNN && layer.activation == TC_SOFTMAX)
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

#define CELL_FUNCTIONS(cell, first)                                                             \
    FORWARD(cell##_0_1, first, 0, 1, false, false)                                              \
    FORWARD(cell##_1_0, first, 1, 0, false, false)                                              \
    FORWARD(cell##_1_1, first, 1, 1, false, false)                                              \
    FORWARD(cell##_2_0, first, 2, 0, false, false)                                              \
    FORWARD(cell##_2_1, first, 2, 1, false, false)                                              \
    FORWARD(cell##_3_0, first, 3, 0, false, false)                                              \
    FORWARD(cell##_3_1, first, 3, 1, false, false)                                              \
    FORWARD(cell##_split_0, first, 0, 0, true, false)                                           \
    FORWARD(cell##_split_1, first, 0, 1, true, false)                                           \
    FORWARD(cell##_bf16_0, first, 0, 0, true, true)                                             \
    FORWARD(cell##_bf16_1, first, 0, 1, true, true)                                             \
    static const struct forward_functions cell##_functions = {{{NULL, cell##_0_1},              \
                                                               {cell##_1_0, cell##_1_1},        \
                                                               {cell##_2_0, cell##_2_1},        \
                                                               {cell##_3_0, cell##_3_1}},       \
                                                              {cell##_split_0, cell##_split_1}, \
                                                              {cell##_bf16_0, cell##_bf16_1}};

CELL_FUNCTIONS(lstm, LSTM)
CELL_FUNCTIONS(lstm_peephole, LSTM_PEEPHOLE)
CELL_FUNCTIONS(gru, GRU)
CELL_FUNCTIONS(gru_reset_before, GRU_RESET_GATES)

/* Plain RNNs have no half blocks. */
FORWARD(rnn_1, RNN, 1, 0, false, false)
FORWARD(rnn_2, RNN, 2, 0, false, false)
FORWARD(rnn_3, RNN, 3, 0, false, false)
FORWARD(rnn_split, RNN, 0, 0, true, false)
FORWARD(rnn_bf16, RNN, 0, 0, true, true)
static const struct forward_functions rnn_functions = {
    {{NULL}, {rnn_1}, {rnn_2}, {rnn_3}}, {rnn_split}, {rnn_bf16}};

static const struct forward_functions *const functions_of[TC_CELLS] = {
    [TC_CELL_RNN] = &rnn_functions,
    [TC_CELL_LSTM] = &lstm_functions,
    [TC_CELL_LSTM_PEEPHOLE] = &lstm_peephole_functions,
    [TC_CELL_GRU] = &gru_functions,
    [TC_CELL_GRU_RESET_BEFORE] = &gru_reset_before_functions,
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
    const struct layer_args layer = {
        .full = layout.full,
        .alternate = layout.alternate,
        .inputs = packed->inputs,
        .hidden = packed->hidden,
        .x_pitch = forward->x_pitch,
        .units = packed->units,
        .x_frame = packed->channels * forward->x_pitch,
        .h_frame = packed->channels * packed->units,
        .candidate_weights =
            step_floats(first_steps[packed->cell], layout, packed->inputs, packed->hidden),
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
