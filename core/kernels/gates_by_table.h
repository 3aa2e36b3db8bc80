/* tanh and the gates made of it, for gates.h, where v_lookup() finds the pieces of tanh_table.h. No
 * division, and a shorter chain than a quotient's. */
#include "kernels/tanh_table.h"

/* C_k + C_k+2 r^2 + C_k+4 r^4 of a piece. */
INLINE vf even_or_odd_terms(unsigned k, vf piece, vf r2)
{
    const vf upper =
        v_fma(v_lookup(tc_tanh_table[k + 4], piece), r2, v_lookup(tc_tanh_table[k + 2], piece));

    return v_fma(upper, r2, v_lookup(tc_tanh_table[k], piece));
}

/* The even terms take the sign of v; r has it. NaN stays NaN, since r does. */
INLINE vf tanh_vector(vf v)
{
    const vf piece = v_add(v_min_magnitude(v, TC_TANH_LAST), v_set(TC_TANH_NUMBER));
    const vf r = v_quarter_remainder(v), r2 = v_mul(r, r);
    const vf even = even_or_odd_terms(0, piece, r2), odd = even_or_odd_terms(1, piece, r2);

    return v_fma(r, odd, v_flip_sign(even, v));
}

/* s(2 v) = (1 + tanh v) / 2, from tanh v. */
INLINE vf logistic_of_tanh(vf tanh_v)
{
    return v_fma(v_set(0.5f), tanh_v, v_set(0.5f));
}

/* s(2 v), for sums that were halved. */
INLINE vf logistic_of_half(vf v)
{
    return logistic_of_tanh(tanh_vector(v));
}

/* c = s(f) c + s(i) tanh g; i, f and g are the hyperbolic tangents already. */
INLINE vf new_cell(vf i, vf f, vf g, vf old)
{
    const vf half = v_mul(v_set(0.5f), old);

    return v_fma(v_set(0.5f), v_fma(i, g, g), v_fma(f, half, half));
}

/* c = s(f) c + s(i) tanh g and h = s(o) tanh c. Peepholes, where there are, add to i and f p c' to
 * the sums, and p c to that of o. */
INLINE void lstm_gates(vf i, vf f, vf g, vf o, const float *peephole, float *h, float *c)
{
    const vf old = v_load(c);
    const vf in = tanh_vector(add_peephole(i, peephole, 0, old));
    const vf forget = tanh_vector(add_peephole(f, peephole, 1, old));
    const vf cell = new_cell(in, forget, tanh_vector(g), old);
    const vf out = logistic_of_half(add_peephole(o, peephole, 2, cell));

    v_store(c, cell);
    v_store(h, v_mul(out, tanh_vector(cell)));
}

/* n + s(r) q: what does not depend on tanh r is computed before. */
INLINE vf gru_candidate_sum(vf r, vf q, vf n)
{
    const vf half = v_mul(v_set(0.5f), q);

    return v_fma(tanh_vector(r), half, v_add(n, half));
}

/* h += (1 - s(z)) (tanh v - h); h' is `old`. 1 - s(z) is 1 / (1 + exp z), so that its
 * relative error is small where z is close to 1. */
INLINE void gru_update(vf v, vf exp_z, const float *old, float *h)
{
    const vf one = v_set(1.0f), start = v_load(old), fraction = v_divide(one, v_add(one, exp_z));

    v_store(h, v_fma(v_sub(tanh_vector(v), start), fraction, start));
}

/* lstm_gates() without peepholes of a half block, two gates to a vector: they go through tanh
 * together. */
INLINE void lstm_gates_in_halves(vf in_forget, vf candidate_out, float *h, float *c)
{
    const vf first = tanh_vector(in_forget), second = tanh_vector(candidate_out);
    const vf cell = new_cell(v_low_half(first), v_high_half(first), v_low_half(second), v_load(c));

    v_store(c, cell);
    v_store(h, v_mul(logistic_of_tanh(v_high_half(second)), tanh_vector(cell)));
}
