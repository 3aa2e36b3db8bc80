/** @file
 *  One frame of one group of blocks: its sums, and the gates. Needs gates.h first. */
#ifndef TC_GROUP_H
#define TC_GROUP_H

#include "kernels/sums.h"

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

/* One frame of one group and so many lanes. */
INLINE void run_lanes(const struct place *place, struct at at, enum pass pass, unsigned full,
                      unsigned half, bool paired, unsigned lanes)
{
    const unsigned sums = sums_of(pass, full, half);
    const float *const peephole = at.weights + sums * W;
    vf sum[MAX_SUMS];

    add_up(sum, place, at, pass, full, half, paired, lanes);
    UNROLL for (unsigned l = 0; l < lanes; ++l)
    {
        const struct at lane = moved(place, at, l);

        UNROLL for (unsigned b = 0; b < full; ++b)
            finish_full(place, lane, at.unit + b * W, pass, peephole + peepholes_of(pass, b) * W,
                        sum + l * sums + b * full_sums(pass));
        if (half)
            finish_half(lane, at.unit + full * W, pass, peephole + peepholes_of(pass, full) * W,
                        sum + l * sums + full * full_sums(pass));
    }
}

#endif
