/** @file
 *  One frame of one group of blocks: its sums, then the gates, for some channels. Weights are
 *  packed as weight_layout.h shows; included by layer_forward.h. */
#ifndef TC_GROUP_STEP_H
#define TC_GROUP_STEP_H

#include "kernels/gate_sums.h"
#include "kernels/gates.h"

/* The gates of a full block of one channel, from `unit` on: from its sums z to the new state, or to
 * what the second step of a GRU needs: r h, and exp z in the place of the new state. */
INLINE void full_block_gates(const struct layer_args *layer, struct step_args args, size_t unit,
                             enum step_kind kind, const float *peephole, const vf *z)
{
    switch (kind) {
    case RNN:
        v_store(args.new_h + unit, activated(z[0], layer->activation, layer->threshold, unit));
        break;
    case LSTM:
        lstm_gates(z[0], z[1], z[2], z[3], NULL, args.new_h + unit, args.c + unit);
        break;
    case LSTM_PEEPHOLE:
        lstm_gates(z[0], z[1], z[2], z[3], peephole, args.new_h + unit, args.c + unit);
        break;
    case GRU:
        gru_gates(z[0], z[1], z[2], z[3], args.h + unit, args.new_h + unit);
        break;
    case GRU_RESET_GATES:
        gru_reset_gates(z[0], z[1], args.h + unit, args.reset_h + unit, args.new_h + unit);
        break;
    case GRU_CANDIDATE:
        gru_candidate_gate(z[0], args.h + unit, args.new_h + unit);
        break;
    case STEP_KINDS:
        break;
    }
}

/* The same of a half block, two gates to a vector. Plain RNNs have none. */
INLINE void half_block_gates(struct step_args args, size_t unit, enum step_kind kind,
                             const float *peephole, const vf *z)
{
    switch (kind) {
    case RNN:
    case STEP_KINDS:
        break;
    case LSTM:
        lstm_gates_in_halves(z[0], z[1], args.new_h + unit, args.c + unit);
        break;
    case LSTM_PEEPHOLE:
        lstm_gates(v_low_half(z[0]), v_high_half(z[0]), v_low_half(z[1]), v_high_half(z[1]),
                   peephole, args.new_h + unit, args.c + unit);
        break;
    case GRU:
        gru_gates(v_low_half(z[0]), v_high_half(z[0]), v_low_half(z[1]), v_low_half(z[2]),
                  args.h + unit, args.new_h + unit);
        break;
    case GRU_RESET_GATES:
        gru_reset_gates(v_low_half(z[0]), v_high_half(z[0]), args.h + unit, args.reset_h + unit,
                        args.new_h + unit);
        break;
    case GRU_CANDIDATE:
        gru_candidate_gate(v_low_half(z[0]), args.h + unit, args.new_h + unit);
        break;
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
INLINE vf joined_sum(enum step_kind kind, unsigned k, const vf *a, const vf *b)
{
    if (kind == GRU && k == 3)
        return v_low_halves(a[2], b[2]);
    return k % 2 ? v_high_halves(a[k / 2], b[k / 2]) : v_low_halves(a[k / 2], b[k / 2]);
}

/* half_block_gates() of channels a and b at once, as the halves of one full block. */
INLINE void joined_half_block_gates(const struct layer_args *layer, struct step_args a,
                                    struct step_args b, size_t unit, enum step_kind kind,
                                    const float *peephole, const vf *sum_a, const vf *sum_b)
{
    const bool lstm = kind == LSTM || kind == LSTM_PEEPHOLE;
    float h[V_WIDTH], new_h[V_WIDTH], c[V_WIDTH], reset_h[V_WIDTH];
    const struct step_args both = {.h = h, .new_h = new_h, .c = c, .reset_h = reset_h};
    vf z[4];

    UNROLL for (unsigned k = 0; k < full_sums(kind); ++k) z[k] = joined_sum(kind, k, sum_a, sum_b);
    if (lstm)
        v_store(c, load_low_halves(a.c + unit, b.c + unit));
    else
        v_store(h, load_low_halves(a.h + unit, b.h + unit));
    if (kind == GRU_CANDIDATE)
        v_store(new_h, load_low_halves(a.new_h + unit, b.new_h + unit));
    full_block_gates(layer, both, 0, kind, peephole, z);
    store_low_halves(a.new_h + unit, b.new_h + unit, v_load(new_h));
    if (lstm)
        store_low_halves(a.c + unit, b.c + unit, v_load(c));
    if (kind == GRU_RESET_GATES)
        store_low_halves(a.reset_h + unit, b.reset_h + unit, v_load(reset_h));
}

/* Channels of one step_channels(): two where there is a half block, whose gates they share. With
 * three full blocks that was slower: too many sums of the first channel wait for the second's. */
INLINE unsigned step_width(enum step_kind kind, unsigned full, unsigned half, bool bf16)
{
    return half && full < MAX_GROUP_BLOCKS ? 2 : channels_together(kind, full, half, bf16);
}

/* The half blocks' gates, two channels at a time. */
INLINE void half_blocks_gates(const struct layer_args *layer, struct step_args args, size_t unit,
                              enum step_kind kind, const float *peephole, unsigned channels,
                              const vf *z, unsigned sums)
{
    UNROLL for (unsigned c = 0; c < channels; c += 2)
    {
        const struct step_args first = next_channel(layer, args, c);
        const vf *const z_first = z + c * sums;

        if (c + 1 < channels)
            joined_half_block_gates(layer, first, next_channel(layer, first, 1), unit, kind,
                                    peephole, z_first, z_first + sums);
        else
            half_block_gates(first, unit, kind, peephole, z_first);
    }
}

/* One frame of one group and so many channels, at most step_width(). */
INLINE void step_channels(const struct layer_args *layer, struct step_args args,
                          enum step_kind kind, unsigned full, unsigned half, bool bf16,
                          unsigned channels)
{
    const unsigned sums = group_sums(kind, full, half);
    const unsigned fit = channels_together(kind, full, half, bf16);
    const unsigned together = fit < channels ? fit : channels;
    const float *const peephole = args.weights + sums * V_WIDTH;
    vf z[2 * MAX_SUMS];

    UNROLL for (unsigned c = 0; c < channels; c += together) add_products(
        z + c * sums, layer, next_channel(layer, args, c), kind, full, half, bf16, together);
    UNROLL for (unsigned c = 0; c < channels; ++c)
    {
        UNROLL for (unsigned b = 0; b < full; ++b) full_block_gates(
            layer, next_channel(layer, args, c), args.unit + b * V_WIDTH, kind,
            peephole + peephole_vectors(kind, b) * V_WIDTH, z + c * sums + b * full_sums(kind));
    }
    if (half)
        half_blocks_gates(layer, args, args.unit + full * V_WIDTH, kind,
                          peephole + peephole_vectors(kind, full) * V_WIDTH, channels,
                          z + full * full_sums(kind), sums);
}

#endif
