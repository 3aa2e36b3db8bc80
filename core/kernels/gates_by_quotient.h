/* tanh and the gates made of it, for gates.h, where tanh is a quotient: activation.h's. */

/* tanh v = x P / q. */
struct quotient {
    vf x, p, q;
};

/* P and Q of activation.h in Estrin's order, for shorter chains. `twice`: q is doubled, at no cost.
 * NaN stays NaN: v_min() returns its second argument then. The square is clamped
 * separately from x, since everything depends on it. */
INLINE struct quotient quotient_of(vf v, bool twice)
{
    const float k = twice ? 2.0f : 1.0f;
    const vf s = v_min(v_set(TC_TANH_LIMIT * TC_TANH_LIMIT), v_mul(v, v)), s2 = v_mul(s, s);
    const vf p01 = v_fma(v_set(TC_TANH_P1), s, v_set(TC_TANH_P0));
    const vf p23 = v_fma(v_set(TC_TANH_P3), s, v_set(TC_TANH_P2));
    const vf q01 = v_fma(v_set(k * TC_TANH_Q1), s, v_set(k));
    const vf q23 = v_fma(v_set(k * TC_TANH_Q3), s, v_set(k * TC_TANH_Q2));

    return (struct quotient){v_clamp(v, TC_TANH_LIMIT),
                             v_fma(s2, v_fma(s2, v_set(TC_TANH_P4), p23), p01),
                             v_fma(s2, v_fma(s2, v_set(k * TC_TANH_Q4), q23), q01)};
}

/* p / q of tanh v. */
INLINE vf numerator(struct quotient a)
{
    return v_mul(a.x, a.p);
}

/* s(2 v) = (1 + tanh v) / 2 = this / (2 q). */
INLINE vf one_plus(struct quotient a)
{
    return v_fma(a.x, a.p, a.q);
}

INLINE vf tanh_vector(vf v)
{
    const struct quotient a = quotient_of(v, false);

    return v_divide(numerator(a), a.q);
}

/* s(2 v), for sums that were halved. */
INLINE vf logistic_of_half(vf v)
{
    const struct quotient a = quotient_of(v, false);

    return v_divide(v_mul(v_set(0.5f), one_plus(a)), a.q);
}

/* c = s(f) c + s(i) tanh g and h = s(o) tanh c, each with one division for all its quotients; the
 * halves of s(i) and s(o) are in the doubled q of g and c. Peepholes, where there are, add p c' to
 * the sums of i and f, and p c to that of o. */
INLINE void lstm_gates(vf i, vf f, vf g, vf o, const float *peephole, float *h, float *c)
{
    const vf old = v_load(c);
    const struct quotient in = quotient_of(add_peephole(i, peephole, 0, old), false);
    const struct quotient forget = quotient_of(add_peephole(f, peephole, 1, old), false);
    const struct quotient candidate = quotient_of(g, true);
    const vf added_q = v_mul(in.q, candidate.q);
    const vf kept = v_mul(v_mul(v_set(0.5f), old), added_q);
    const vf added = v_mul(one_plus(in), v_mul(candidate.p, v_mul(candidate.x, forget.q)));
    const vf cell = v_divide(v_fma(one_plus(forget), kept, added), v_mul(forget.q, added_q));
    const struct quotient out = quotient_of(add_peephole(o, peephole, 2, cell), false);
    const struct quotient level = quotient_of(cell, true);

    v_store(c, cell);
    v_store(h, v_divide(v_mul(v_mul(one_plus(out), level.x), level.p), v_mul(out.q, level.q)));
}

/* n + s(r) q */
INLINE vf gru_candidate_sum(vf r, vf q, vf n)
{
    return v_fma(logistic_of_half(r), q, n);
}

/* h += (1 - s(z)) (tanh v - h), with one division for both; h' is `old`. 1 - s(z) is
 * 1 / (1 + exp z), so that it is exact, relative to itself, where gates hardly ever let go. */
INLINE void gru_update(vf v, vf exp_z, const float *old, float *h)
{
    const struct quotient candidate = quotient_of(v, false);
    const vf start = v_load(old);
    const vf step = v_sub(numerator(candidate), v_mul(start, candidate.q));

    v_store(h, v_add(start, v_divide(step, v_fma(candidate.q, exp_z, candidate.q))));
}

/* lstm_gates() without peepholes of a half block, two gates to a vector. */
INLINE void lstm_gates_in_halves(vf in_forget, vf candidate_out, float *h, float *c)
{
    lstm_gates(v_low_half(in_forget), v_high_half(in_forget), v_low_half(candidate_out),
               v_high_half(candidate_out), NULL, h, c);
}
