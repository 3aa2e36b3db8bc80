/** @file
 *  Activations and gates in vectors, for the kernels of every instruction set: kernels_avx2.c and
 *  its like include the vector type `vf` and its operations v_...() before this. Sums of logistic
 *  gates come halved, since s(v) = (1 + tanh(v / 2)) / 2. The equations: core/cells. A vector is
 *  one gate of V_WIDTH units; weight_layout.h shows which sums come from where. */
#ifndef TC_VECTOR_GATES_H
#define TC_VECTOR_GATES_H

#include "cells/activation.h"
#include "kernels/inline.h"

/* a + p_k v of the peepholes p (3, V_WIDTH) to i, f, o; a if p is NULL. */
INLINE vf add_peephole(vf a, const float *peephole, unsigned k, vf v)
{
    return peephole ? v_fma(v_load(peephole + k * V_WIDTH), v, a) : a;
}

/* Instruction sets that can look up one of 32 floats define v_lookup. */
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

/* sign(v) max(|v| + b, 0). The sign is v 1e76 clamped to 1: any v but 0 is beyond 1 then. NaN stays
 * NaN. */
INLINE vf modrelu(vf v, vf b)
{
    const vf sign = v_clamp(v_mul(v_mul(v, v_set(1e38f)), v_set(1e38f)), 1.0f);

    return v_fma(sign, v_max(b, v_min(v, v_sub(v_set(0.0f), v))), v);
}

/* v, or exp v - 1 below 0, as a sum of which one term is 0. NaN stays NaN. */
INLINE vf elu(vf v)
{
    const vf below = v_mul(v_set(0.5f), v_min(v, v_set(0.0f)));

    return v_add(v_max(v_set(0.0f), v), v_sub(exp_of_half(below), v_set(1.0f)));
}

/* activation(v); sums of a logistic were halved. modReLU's bias of the vector is at b + unit, which
 * others do not read. A softmax, which needs all units, is applied later. */
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
