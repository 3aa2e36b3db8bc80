/** @file
 *  One frame of one group of blocks: its sums, then the gates, for some channels. Weights are
 *  packed as weight_layout.h shows; included by layer_forward.h. */
#ifndef TC_GROUP_STEP_H
#define TC_GROUP_STEP_H

#include "kernels/gate_sums.h"
#include "kernels/block.h"

/* Of each cell: a block's gates. */
#include "kernels/gru_block.h"
#include "kernels/gru_reset_before_block.h"
#include "kernels/lstm_block.h"
#include "kernels/rnn_block.h"

/* The block of one channel from `unit` on. */
INLINE struct block block_at(const struct layer_args *layer, struct step_args args, size_t unit,
                             struct cell_step step, const float *peephole)
{
    return (struct block){.h = args.h + unit,
                          .new_h = args.new_h + unit,
                          .c = tc_cell_has_c(step.cell) ? args.c + unit : NULL,
                          .reset_h = has_second_step(step.cell) ? args.reset_h + unit : NULL,
                          .second_step = step.second,
                          .peephole = tc_cell_has_peephole(step.cell) ? peephole : NULL,
                          .activation = layer->activation,
                          .threshold = layer->threshold,
                          .unit = unit};
}

/* The gates of a full block of one channel, from `unit` on: from its sums z to the new state, or to
 * what the second step needs. */
INLINE void full_block_gates(const struct layer_args *layer, struct step_args args, size_t unit,
                             struct cell_step step, const float *peephole, const vf *z)
{
    const struct block block = block_at(layer, args, unit, step, peephole);

    switch (step.cell) {
#define TC_CELL_ROW(cell, name, equations, ...) \
    case cell:                                  \
        equations##_block(block, z);            \
        break;
#include "model/cell_rows.h"
    }
}

/* The same of a half block, two gates to a vector. */
INLINE void half_block_gates(const struct layer_args *layer, struct step_args args, size_t unit,
                             struct cell_step step, const float *peephole, const vf *z)
{
    const struct block block = block_at(layer, args, unit, step, peephole);

    switch (step.cell) {
#define TC_CELL_ROW(cell, name, equations, ...) \
    case cell:                                  \
        equations##_half_block(block, z);       \
        break;
#include "model/cell_rows.h"
    }
}

/* One vector of the lower halves at a and b, and back, with zeros in the upper halves. */
INLINE vf load_low_halves(const float *a, const float *b)
{
    return v_low_halves(v_load(a), v_load(b));
}

INLINE void store_low_halves(float *a, float *b, vf v)
{
    v_store(a, v_low_half(v));
    v_store(b, v_high_half(v));
}

/* The k-th sum of a full block, from the half blocks of channels a and b. */
INLINE vf joined_sum(struct cell_step step, unsigned k, const vf *a, const vf *b)
{
    const unsigned separate = half_vectors(step);

    if (k == step_gates(step))
        return v_low_halves(a[separate], b[separate]);
    return k % 2 ? v_high_halves(a[k / 2], b[k / 2]) : v_low_halves(a[k / 2], b[k / 2]);
}

/* half_block_gates() of channels a and b at once, as the halves of one full block. */
INLINE void joined_half_block_gates(const struct layer_args *layer, struct step_args a,
                                    struct step_args b, size_t unit, struct cell_step step,
                                    const float *peephole, const vf *sum_a, const vf *sum_b)
{
    const bool has_c = tc_cell_has_c(step.cell);
    float h[V_WIDTH], new_h[V_WIDTH], c[V_WIDTH], reset_h[V_WIDTH];
    const struct step_args both = {.h = h, .new_h = new_h, .c = c, .reset_h = reset_h};
    vf z[TC_MAX_SLOTS];

    UNROLL for (unsigned k = 0; k < full_sums(step); ++k) z[k] = joined_sum(step, k, sum_a, sum_b);
    v_store(h, load_low_halves(a.h + unit, b.h + unit));
    if (has_c)
        v_store(c, load_low_halves(a.c + unit, b.c + unit));
    if (step.second)
        v_store(new_h, load_low_halves(a.new_h + unit, b.new_h + unit));
    full_block_gates(layer, both, 0, step, peephole, z);
    store_low_halves(a.new_h + unit, b.new_h + unit, v_load(new_h));
    if (has_c)
        store_low_halves(a.c + unit, b.c + unit, v_load(c));
    if (has_second_step(step.cell) && !step.second)
        store_low_halves(a.reset_h + unit, b.reset_h + unit, v_load(reset_h));
}

/* Channels of one step_channels(): two where there is a half block, whose gates they share. With
 * three full blocks that was slower: too many sums of the first channel wait for the second's. */
INLINE unsigned step_width(struct cell_step step, unsigned full, unsigned half, bool bf16)
{
    return half && full < MAX_GROUP_BLOCKS ? 2 : channels_together(step, full, half, bf16);
}

/* The half blocks' gates, two channels at a time. */
INLINE void half_blocks_gates(const struct layer_args *layer, struct step_args args, size_t unit,
                              struct cell_step step, const float *peephole, unsigned channels,
                              const vf *z, unsigned sums)
{
    UNROLL for (unsigned c = 0; c < channels; c += 2)
    {
        const struct step_args first = next_channel(layer, args, c);
        const vf *const z_first = z + c * sums;

        if (c + 1 < channels)
            joined_half_block_gates(layer, first, next_channel(layer, first, 1), unit, step,
                                    peephole, z_first, z_first + sums);
        else
            half_block_gates(layer, first, unit, step, peephole, z_first);
    }
}

/* One frame of one group and so many channels, at most step_width(). */
INLINE void step_channels(const struct layer_args *layer, struct step_args args,
                          struct cell_step step, unsigned full, unsigned half, bool bf16,
                          unsigned channels)
{
    const unsigned sums = group_sums(step, full, half);
    const unsigned fit = channels_together(step, full, half, bf16);
    const unsigned together = fit < channels ? fit : channels;
    const float *const peephole = args.weights + sums * V_WIDTH;
    vf z[2 * MAX_SUMS];

    UNROLL for (unsigned c = 0; c < channels; c += together) add_products(
        z + c * sums, layer, next_channel(layer, args, c), step, full, half, bf16, together);
    UNROLL for (unsigned c = 0; c < channels; ++c)
    {
        UNROLL for (unsigned b = 0; b < full; ++b) full_block_gates(
            layer, next_channel(layer, args, c), args.unit + b * V_WIDTH, step,
            peephole + peephole_vectors(step, b) * V_WIDTH, z + c * sums + b * full_sums(step));
    }
    if (half)
        half_blocks_gates(layer, args, args.unit + full * V_WIDTH, step,
                          peephole + peephole_vectors(step, full) * V_WIDTH, channels,
                          z + full * full_sums(step), sums);
}

#endif
