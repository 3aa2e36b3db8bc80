/** @file
 *  One frame of one group of blocks: its sums, and the gates. Needs what steps.h says. */
#ifndef TC_GROUP_H
#define TC_GROUP_H

#include "kernels/sums.h"

/* The lower halves of the vectors at a and b. */
INLINE vf beside(const float *a, const float *b)
{
    return v_lows(v_load(a), v_load(b));
}

/* Store the lower half of v at a and the upper one at b, each with zeros above. */
INLINE void store_apart(float *a, float *b, vf v)
{
    v_store(a, v_low_alone(v));
    v_store(b, v_high_alone(v));
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
        half_lstm_pairs(z[0], z[1], at.new_h + unit, at.c + unit);
        break;
    case LSTM_PEEPHOLE:
        half_lstm_gates(v_low(z[0]), v_high(z[0]), v_low(z[1]), v_high(z[1]), peephole,
                        at.new_h + unit, at.c + unit);
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

/* The same for the half blocks of lanes a and b, side by side in whole vectors: one pass through
 * the gates instead of two. */
INLINE void finish_halves(struct at a, struct at b, size_t unit, enum pass pass,
                          const float *peephole, const vf *sum_a, const vf *sum_b)
{
    float old[W], h[W], c[W], gated[W];

    if (pass == GRU || pass == RESET || pass == CANDIDATE)
        v_store(old, beside(a.h + unit, b.h + unit));
    switch (pass) {
    case RNN:
        return;
    case LSTM:
    case LSTM_PEEPHOLE:
        v_store(c, beside(a.c + unit, b.c + unit));
        full_lstm_gates(v_lows(sum_a[0], sum_b[0]), v_highs(sum_a[0], sum_b[0]),
                        v_lows(sum_a[1], sum_b[1]), v_highs(sum_a[1], sum_b[1]),
                        pass == LSTM ? NULL : peephole, h, c);
        store_apart(a.c + unit, b.c + unit, v_load(c));
        break;
    case GRU:
        full_gru_gates(v_lows(sum_a[0], sum_b[0]), v_highs(sum_a[0], sum_b[0]),
                       v_lows(sum_a[1], sum_b[1]), v_lows(sum_a[2], sum_b[2]), old, h);
        break;
    case RESET:
        full_reset_gates(v_lows(sum_a[0], sum_b[0]), v_highs(sum_a[0], sum_b[0]), old, gated, h);
        store_apart(a.gated + unit, b.gated + unit, v_load(gated));
        break;
    case CANDIDATE:
        v_store(h, beside(a.new_h + unit, b.new_h + unit));
        full_candidate_gate(v_lows(sum_a[0], sum_b[0]), old, h);
        break;
    }
    store_apart(a.new_h + unit, b.new_h + unit, v_load(h));
}

/* Lanes of one run_lanes(): two where there is a half block, so that they share its vectors. Beside
 * three full blocks that was slower: too many sums of the first lane wait for the second's. */
INLINE unsigned lanes_of(enum pass pass, unsigned full, unsigned half, bool paired)
{
    return half && full < MOST_TOGETHER ? 2 : lanes_together(pass, full, half, paired);
}

/* One frame of one group and so many lanes; where they are two, a lane's sums fit the registers. */
INLINE void run_lanes(const struct place *place, struct at at, enum pass pass, unsigned full,
                      unsigned half, bool paired, unsigned lanes)
{
    const unsigned sums = sums_of(pass, full, half);
    const unsigned most = lanes_together(pass, full, half, paired);
    const unsigned together = most < lanes ? most : lanes;
    const float *const peephole = at.weights + sums * W;
    vf sum[2 * MAX_SUMS];

    UNROLL for (unsigned l = 0; l < lanes; l += together)
        add_up(sum + l * sums, place, moved(place, at, l), pass, full, half, paired, together);
    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        UNROLL for (unsigned b = 0; b < full; ++b)
            finish_full(place, moved(place, at, l), at.unit + b * W, pass,
                        peephole + peepholes_of(pass, b) * W, sum + l * sums + b * full_sums(pass));
    }
    UNROLL for (unsigned l = 0; half && l < lanes; l += 2)
    {
        const struct at lane = moved(place, at, l);
        const float *const half_peephole = peephole + peepholes_of(pass, full) * W;
        const vf *const z = sum + l * sums + full * full_sums(pass);

        if (l + 1 < lanes)
            finish_halves(lane, moved(place, lane, 1), at.unit + full * W, pass, half_peephole, z,
                          z + sums);
        else
            finish_half(lane, at.unit + full * W, pass, half_peephole, z);
    }
}

#endif
