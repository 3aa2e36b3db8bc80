/** @file
 *  The GRU that resets before the product in training, one vector of units at a time. Part of
 *  source.h. h' is the state before, s the logistic function.
 *
 *  Forward, with u = 1 - z in place of z, in two steps, since the product U_n (r h') waits for r of
 *  all units:
 *
 *      r = s(W_r x + U_r h' + b_r),   r h' unit by unit
 *
 *      N = tanh(W_n x + U_n (r h') + b_n)
 *      u = 1 - s(W_z x + U_z h' + b_z) = 1 / (1 + exp(...))
 *      h = z h' + u N = h' + u (N - h')
 *
 *  Backward, in two steps as well, from dh (what comes from above and U^T dz of the next frame) and
 *  from the next frame's carried, which is added to it:
 *
 *      dN = dh u,                     dz_n = dN (1 - N^2)
 *      dz = dh (h' - N),              dz_z = dz z u
 *      carried = dh z                 the part of dL/dh' that does not go through U_r, U_z
 *
 *      d = U_n^T dz_n                 dL/d(r h')
 *      dz_r = d h' r (1 - r)
 *      carried += d r
 *
 *  The step when playing: core/cells/gru_reset_before.c. Sums and their gradients: forward.h,
 *  backward.h.
 *
 *  From: Cho et al. 2014. The derivatives follow by the chain rule. */
#ifndef TC_GRU_RESET_BEFORE_GATES_H
#define TC_GRU_RESET_BEFORE_GATES_H

/* ------------------------------------------------------------------ forward */

/* First r, and r h' in the slot that its product reads. Sums of r and z were halved. */
INLINE void reset_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates)
{
    const vf r = logistic_of_half(v_load(gates + SLOT_R * V_WIDTH));

    v_store(gates + SLOT_R * V_WIDTH, r);
    v_store(gates + SLOT_RESET_STATE * V_WIDTH, v_mul(r, v_load(layer->h + at)));
}

INLINE void candidate_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates)
{
    const vf old = v_load(layer->h + at), one = v_set(1.0f);
    const vf n = tanh_vector(v_load(gates + SLOT_N * V_WIDTH));
    const vf u = v_divide(one, v_add(one, exp_of_half(v_load(gates + SLOT_Z * V_WIDTH))));

    v_store(gates + SLOT_N * V_WIDTH, n);
    v_store(gates + SLOT_Z * V_WIDTH, u);
    v_store(layer->h + at + state_frame(layer), v_fma(u, v_sub(n, old), old));
}

INLINE void gru_reset_before_gates_forward(const struct tc_layer_block *layer, size_t at,
                                           float *gates, const float *peephole, bool second_step)
{
    (void)peephole;
    if (second_step)
        candidate_gates_forward(layer, at, gates);
    else
        reset_gates_forward(layer, at, gates);
}

/* ------------------------------------------------------------------ backward */

/* All but r, which waits for the candidates' dz of all units. */
INLINE void candidate_gates_backward(const struct tc_layer_block *layer, size_t at,
                                     const float *gates, vf dh, float *carried, vf dz[TC_MAX_SLOTS])
{
    const vf n = v_load(gates + SLOT_N * V_WIDTH), u = v_load(gates + SLOT_Z * V_WIDTH),
             one = v_set(1.0f);
    const vf all = v_add(dh, v_load(carried)), dh_z = v_mul(all, v_sub(one, u));

    dz[SLOT_N] = v_mul(v_mul(all, u), v_sub(one, v_mul(n, n)));
    dz[SLOT_Z] = v_mul(v_mul(dh_z, v_sub(v_load(layer->h + at), n)), u);
    dz[SLOT_R] = dz[SLOT_RESET_STATE] = v_set(0.0f);
    v_store(carried, dh_z);
}

/* dz_r from d. */
INLINE vf reset_gate_backward(const float *gates, vf d, float *carried)
{
    const vf r = v_load(gates + SLOT_R * V_WIDTH);

    v_store(carried, v_fma(d, r, v_load(carried)));
    return v_mul(v_mul(d, v_load(gates + SLOT_RESET_STATE * V_WIDTH)), v_sub(v_set(1.0f), r));
}

INLINE void gru_reset_before_gates_backward(const struct tc_layer_block *layer, size_t at,
                                            const float *gates, vf dh, float *carried,
                                            const float *peephole, vf dz[TC_MAX_SLOTS], vf dp[3],
                                            bool second_step)
{
    (void)peephole, (void)dp;
    if (second_step)
        dz[SLOT_R] = reset_gate_backward(gates, dh, carried);
    else
        candidate_gates_backward(layer, at, gates, dh, carried, dz);
}

#endif
