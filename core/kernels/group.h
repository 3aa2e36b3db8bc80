/** @file
 *  One frame of one group of blocks: its sums, and the gates. Needs what steps.h says. */
#ifndef TC_GROUP_H
#define TC_GROUP_H

#include "kernels/gates.h"
#include "kernels/sums.h"

/* Turn the sums of a block of one lane, from `unit` on, into the new state, or what the second pass
 * needs for it: r h, and exp z where the state goes. */
INLINE void finish_full(const struct place *place, struct at at, size_t unit, enum pass pass,
                        const float *peephole, const vf *z)
{
    switch (pass) {
    case RNN:
        v_store(at.new_h + unit, activated(z[0], place->activation, place->threshold, unit));
        break;
    case LSTM:
        lstm_gates(z[0], z[1], z[2], z[3], NULL, at.new_h + unit, at.c + unit);
        break;
    case LSTM_PEEPHOLE:
        lstm_gates(z[0], z[1], z[2], z[3], peephole, at.new_h + unit, at.c + unit);
        break;
    case GRU:
        gru_gates(z[0], z[1], z[2], z[3], at.h + unit, at.new_h + unit);
        break;
    case RESET:
        reset_gates(z[0], z[1], at.h + unit, at.gated + unit, at.new_h + unit);
        break;
    case CANDIDATE:
        candidate_gate(z[0], at.h + unit, at.new_h + unit);
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
        lstm_gates_of_halves(z[0], z[1], at.new_h + unit, at.c + unit);
        break;
    case LSTM_PEEPHOLE:
        lstm_gates(v_low(z[0]), v_high(z[0]), v_low(z[1]), v_high(z[1]), peephole, at.new_h + unit,
                   at.c + unit);
        break;
    case GRU:
        gru_gates(v_low(z[0]), v_high(z[0]), v_low(z[1]), v_low(z[2]), at.h + unit,
                  at.new_h + unit);
        break;
    case RESET:
        reset_gates(v_low(z[0]), v_high(z[0]), at.h + unit, at.gated + unit, at.new_h + unit);
        break;
    case CANDIDATE:
        candidate_gate(v_low(z[0]), at.h + unit, at.new_h + unit);
        break;
    }
}

/* The lower halves of the vectors at a and b. */
INLINE vf beside(const float *a, const float *b)
{
    return v_lows(v_load(a), v_load(b));
}

/* Store the lower half of v at a and the upper one at b, each with zeros above. */
INLINE void store_apart(float *a, float *b, vf v)
{
    v_store(a, v_low(v));
    v_store(b, v_high(v));
}

/* The k-th sum of a full block, from the half blocks of lanes a and b. */
INLINE vf both_sums(enum pass pass, unsigned k, const vf *a, const vf *b)
{
    if (pass == GRU && k == 3)
        return v_lows(a[2], b[2]);
    return k % 2 ? v_highs(a[k / 2], b[k / 2]) : v_lows(a[k / 2], b[k / 2]);
}

/* finish_half() of lanes a and b at once, side by side as a full block: one pass through the gates
 * instead of two. */
INLINE void finish_halves(const struct place *place, struct at a, struct at b, size_t unit,
                          enum pass pass, const float *peephole, const vf *sum_a, const vf *sum_b)
{
    const bool lstm = pass == LSTM || pass == LSTM_PEEPHOLE;
    float h[W], new_h[W], c[W], gated[W];
    const struct at both = {.h = h, .new_h = new_h, .c = c, .gated = gated};
    vf z[4];

    UNROLL for (unsigned k = 0; k < full_sums(pass); ++k) z[k] = both_sums(pass, k, sum_a, sum_b);
    if (lstm)
        v_store(c, beside(a.c + unit, b.c + unit));
    else
        v_store(h, beside(a.h + unit, b.h + unit));
    if (pass == CANDIDATE)
        v_store(new_h, beside(a.new_h + unit, b.new_h + unit));
    finish_full(place, both, 0, pass, peephole, z);
    store_apart(a.new_h + unit, b.new_h + unit, v_load(new_h));
    if (lstm)
        store_apart(a.c + unit, b.c + unit, v_load(c));
    if (pass == RESET)
        store_apart(a.gated + unit, b.gated + unit, v_load(gated));
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
            finish_halves(place, lane, moved(place, lane, 1), at.unit + full * W, pass,
                          half_peephole, z, z + sums);
        else
            finish_half(lane, at.unit + full * W, pass, half_peephole, z);
    }
}

#endif
