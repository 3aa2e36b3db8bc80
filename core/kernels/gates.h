/** @file
 *  Activations and gates in vectors, for the kernels of every instruction set: kernels_avx2.c and
 *  its like include the vector type `vf` and its operations v_...() before this. Those that can
 *  look 32 floats up define v_lookup. */
#ifndef TC_VECTOR_GATES_H
#define TC_VECTOR_GATES_H

#include "kernels/activation.h"
#include "kernels/inline.h"

/* a + p v, where p is the k-th of three peepholes (i, f, o), vectors of W; a if there are none. */
INLINE vf through(vf a, const float *peephole, unsigned k, vf v)
{
    return peephole ? v_fma(v_load(peephole + k * W), v, a) : a;
}

#ifdef v_lookup
#include "kernels/gates_by_table.h"
#else
#include "kernels/gates_by_quotient.h"
#endif

/* exp(2 v), for sums that were halved. tc_exp() in Estrin's order. */
INLINE vf exp_of_half(vf v)
{
    const vf t = v_clamp(v_mul(v_set(2.0f * TC_LOG2_E), v), TC_EXP2_LIMIT);
    const vf rounded = v_add(t, v_set(TC_ROUNDER)), r = v_sub(t, v_sub(rounded, v_set(TC_ROUNDER)));
    const vf p01 = v_fma(v_set(TC_EXP2_C1), r, v_set(1.0f)), r2 = v_mul(r, r);
    const vf p23 = v_fma(v_set(TC_EXP2_C3), r, v_set(TC_EXP2_C2));
    const vf p45 = v_fma(v_set(TC_EXP2_C5), r, v_set(TC_EXP2_C4));

    return v_ldexp(v_fma(r2, v_fma(r2, p45, p23), p01), rounded);
}

INLINE void gru_gates(vf r, vf z, vf n, vf q, const float *old, float *h)
{
    let_go(reset_added(r, q, n), exp_of_half(z), old, h);
}

/* What the candidate of a GRU that resets before the product waits for: r h, which its product
 * takes, and exp z. */
INLINE void reset_gates(vf r, vf z, const float *old, float *gated, float *hold)
{
    v_store(gated, v_mul(logistic_of_half(r), v_load(old)));
    v_store(hold, exp_of_half(z));
}

/* The new state, in whose place exp z stands. */
INLINE void candidate_gate(vf n, const float *old, float *h)
{
    let_go(n, v_load(h), old, h);
}

/* sign(v) max(|v| + b, 0). The sign, too, is had without a comparison: even the least v is beyond 1
 * once it is multiplied so. NaN stays NaN. */
INLINE vf modrelu(vf v, vf b)
{
    const vf sign = v_clamp(v_mul(v_mul(v, v_set(1e38f)), v_set(1e38f)), 1.0f);

    return v_fma(sign, v_max(b, v_min(v, v_sub(v_set(0.0f), v))), v);
}

/* v, or exp v - 1 below 0, where the other of the two is 0. NaN stays NaN. */
INLINE vf elu(vf v)
{
    const vf below = v_mul(v_set(0.5f), v_min(v, v_set(0.0f)));

    return v_add(v_max(v_set(0.0f), v), v_sub(exp_of_half(below), v_set(1.0f)));
}

/* activation(v); sums of a logistic were halved. modReLU's bias of the vector is at b + unit, which
 * others do not read. A softmax waits for all units. */
INLINE vf activated(vf v, enum tc_activation activation, const float *b, size_t unit)
{
    switch (activation) {
    case TC_TANH:
        return tanh_vector(v);
    case TC_LOGISTIC:
        return logistic_of_half(v);
    case TC_RELU:
        return v_max(v_set(0.0f), v);
    case TC_MODRELU:
        return modrelu(v, v_load(b + unit));
    case TC_ELU:
        return elu(v);
    case TC_IDENTITY:
    case TC_SOFTMAX:
        break;
    }
    return v;
}

#endif
