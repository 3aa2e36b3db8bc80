/** @file
 *  One frame's sums z = b + W x + U h of one group of blocks, before the gates. Weights are packed
 *  as weight_layout.h shows; included by layer_forward.h. */
#ifndef TC_GATE_SUMS_H
#define TC_GATE_SUMS_H

#include "kernels/weight_layout.h"

/* Channels whose sums are in registers together, at most. */
enum { MAX_CHANNELS_TOGETHER = 3 };

/* What is the same for all frames, channels and groups of a layer. */
struct layer_args {
    unsigned full;  /* full blocks in all */
    bool alternate; /* as in struct layout */
    size_t inputs, hidden;
    size_t x_pitch, units;   /* floats from one channel of x, or h, to the next */
    size_t x_frame, h_frame; /* from one frame to the next */
    size_t second_weights;   /* from the weights of the first step to those of the second */
    enum tc_activation activation;
    const float *threshold; /* of modReLU, all units */
};

/* A group at one frame, for the first of some channels. */
struct step_args {
    const float *weights; /* of the group */
    size_t unit;          /* the group's first */
    const float *x, *h;   /* the input, and the state before: all units */
    float *new_h, *c;     /* all units */
    float *reset_h;       /* r h of a cell with a second step: all units */
};

INLINE struct step_args next_channel(const struct layer_args *layer, struct step_args args,
                                     size_t channels)
{
    args.x += channels * layer->x_pitch;
    args.h += channels * layer->units;
    args.new_h += channels * layer->units;
    args.c += channels * layer->units;
    args.reset_h += channels * layer->units;
    return args;
}

/* ------------------------------------------------------------------ registers
 *
 * A sum is split into 1, 2 or 4 partial sums, each of which takes every n-th column: the chain of
 * additions is shorter, and with few sums the CPU would wait for each. Splitting in 2 or 4 needs at
 * most MAX_SUMS_SPLIT_2 or MAX_SUMS_SPLIT_4 registers, by instruction set. */

_Static_assert(MAX_SUMS_SPLIT_2 >= 2 * 4 + 2, "bfloat16 pairs need at least two partial sums");
_Static_assert(MAX_SUMS_SPLIT_4 <= MAX_SUMS && MAX_SUMS_SPLIT_2 <= MAX_SUMS && MAX_SUMS >= 15,
               "the sums of a channel are in registers");

/* Registers of a channel during the state's product: the partial sums, and the finished sums of the
 * input that the state does not add to (separate_sums()). */
INLINE unsigned sum_registers(struct cell_step step, unsigned full, unsigned half,
                              unsigned partials)
{
    const unsigned n = group_vectors(step, full, half);

    return partials * n + group_sums(step, full, half) - n;
}

/* Further registers for unpacking bfloat16 pairs. */
INLINE unsigned bf16_registers(bool bf16)
{
    return bf16 ? 2 : 0;
}

/* Partial sums of a sum. Depends on the layer alone, so that a channel's result does not depend on
 * the number of channels. */
INLINE unsigned partial_sums(struct cell_step step, unsigned full, unsigned half, bool bf16)
{
    const unsigned unpacking = bf16_registers(bf16);

    if (sum_registers(step, full, half, 4) + unpacking <= MAX_SUMS_SPLIT_4)
        return 4;
    return sum_registers(step, full, half, 2) + unpacking <= MAX_SUMS_SPLIT_2 ? 2 : 1;
}

/* Channels whose partial sums are in registers together: at least one. */
INLINE unsigned channels_together(struct cell_step step, unsigned full, unsigned half, bool bf16)
{
    const unsigned one = sum_registers(step, full, half, partial_sums(step, full, half, bf16));
    const unsigned fit = (MAX_SUMS - bf16_registers(bf16)) / one;

    return fit > MAX_CHANNELS_TOGETHER ? MAX_CHANNELS_TOGETHER : fit;
}

/* ------------------------------------------------------------------ products */

/* Vector k of column p from w on, n vectors to a column, float32 or bfloat16 pairs. */
INLINE vf column_vector(const float *w, unsigned n, unsigned p, unsigned k, bool bf16)
{
    const vf word = v_load(w + ((bf16 ? p / 2 : p) * n + k) * V_WIDTH);

    return bf16 && p % 2 == 0 ? v_bf16_even(word) : word;
}

/* Add `partials` columns of n vectors, column p to partial sum p. */
INLINE void add_few_columns(vf *sum, const float *w, const float *v, size_t pitch,
                            unsigned partials, unsigned n, unsigned channels, bool bf16)
{
    UNROLL for (unsigned p = 0; p < partials; ++p)
    {
        UNROLL for (unsigned c = 0; c < channels; ++c)
        {
            const vf value = v_set(v[c * pitch + p]);

            UNROLL for (unsigned k = 0; k < n; ++k)
            {
                vf *const to = &sum[(p * channels + c) * n + k];

                *to = v_fma(column_vector(w, n, p, k, bf16), value, *to);
            }
        }
    }
}

/* Add `count` columns, as many at a time as there are partial sums. How the terms are grouped
 * depends on count, partials and bf16 alone. With bf16 partials is even. Returns the end of w. */
INLINE const float *add_columns(vf *sum, const float *w, const float *v, size_t pitch, size_t count,
                                unsigned n, unsigned partials, unsigned channels, bool bf16)
{
    size_t i = 0;

    UNROLL_4 for (; i + partials <= count; i += partials)
    {
        add_few_columns(sum, w, v + i, pitch, partials, n, channels, bf16);
        w += (bf16 ? partials / 2 : partials) * n * V_WIDTH;
    }
    for (; bf16 && i + 2 <= count; i += 2, w += n * V_WIDTH)
        add_few_columns(sum, w, v + i, pitch, 2, n, channels, true);
    for (; i < count; ++i, w += n * V_WIDTH)
        add_few_columns(sum, w, v + i, pitch, 1, n, channels, false);
    return w;
}

/* The total of 1, 2 or 4 partial sums that are n apart. */
INLINE vf total_of(const vf *sum, unsigned n, unsigned partials)
{
    const vf two = partials > 1 ? v_add(sum[0], sum[n]) : sum[0];

    return partials > 2 ? v_add(two, v_add(sum[2 * n], sum[3 * n])) : two;
}

/* The first partial sum starts at the bias, the others at 0. */
INLINE void start_sum(vf *sum, vf bias, unsigned n, unsigned partials)
{
    sum[0] = bias;
    UNROLL for (unsigned p = 1; p < partials; ++p) sum[p * n] = v_set(0.0f);
}

/* z (channels, group_sums()) = b + W x + U h of channels whose sums are in registers together. The
 * partial sums are sum (partials, channels, n). A gate with two sums has one there: that of
 * the input is written to z before that of the state begins. */
INLINE void add_products(vf *z, const struct layer_args *layer, struct step_args args,
                         struct cell_step step, unsigned full, unsigned half, bool bf16,
                         unsigned channels)
{
    const unsigned sums = group_sums(step, full, half);
    const unsigned partials = partial_sums(step, full, half, bf16);
    const unsigned n = group_vectors(step, full, half), all = channels * n;
    const float *const bias = args.weights;
    const float *w = bias + (sums + peephole_vectors(step, full + half)) * V_WIDTH;
    vf sum[MAX_SUMS];

    UNROLL for (unsigned i = 0; i < all; ++i) start_sum(
        sum + i, v_load(bias + sum_of_vector(step, full, i % n, 0) * V_WIDTH), all, partials);
    if (bf16 && layer->inputs > MAX_FLOAT_COLUMNS)
        w = add_columns(sum, w, args.x, layer->x_pitch, layer->inputs, n, partials, channels, true);
    else
        w = add_columns(sum, w, args.x, layer->x_pitch, layer->inputs, n, partials, channels,
                        false);
    UNROLL for (unsigned i = 0; i < all; ++i)
    {
        const unsigned input = sum_of_vector(step, full, i % n, 0);
        const unsigned state = sum_of_vector(step, full, i % n, 1);

        if (input == state)
            continue;
        z[i / n * sums + input] = total_of(sum + i, all, partials);
        start_sum(sum + i, v_load(bias + state * V_WIDTH), all, partials);
    }
    add_columns(sum, w, step.second ? args.reset_h : args.h, layer->units, layer->hidden, n,
                partials, channels, bf16);
    UNROLL for (unsigned i = 0; i < all; ++i)
        z[i / n * sums + sum_of_vector(step, full, i % n, 1)] = total_of(sum + i, all, partials);
}

#endif
