/** @file
 *  The GRU that resets after the product (PyTorch's) in training, one vector of units at a time.
 *  Part of source.h. h' is the state before, s the logistic function.
 *
 *  Forward, with u = 1 - z in place of z:
 *
 *      n = W_n x + b_in,   q = U_n h' + b_hn
 *      r = s(W_r x + U_r h' + b_r),   u = 1 - s(W_z x + U_z h' + b_z) = 1 / (1 + exp(...))
 *      N = tanh(n + r q)
 *      h = z h' + u N = h' + u (N - h')
 *
 *  Backward, from dh (what comes from above and U^T dz of the next frame) and from the next frame's
 *  carried, which is added to it:
 *
 *      dN = dh u,                     dz_n = dN (1 - N^2)
 *      dz_q = dz_n r,                 dr = dz_n q,       dz_r = dr r (1 - r)
 *      dz = dh (h' - N),              dz_z = dz z u
 *      carried = dh z                 the part of dL/dh' that does not go through the sums
 *
 *  The step when playing: core/cells/gru.c. Sums and their gradients: forward.h, backward.h.
 *
 *  From: Cho et al. 2014, in the form of torch.nn.GRU. The derivatives follow by the chain rule. */
#ifndef TC_GRU_GATES_H
#define TC_GRU_GATES_H

/* Sums of r and z were halved. */
INLINE void gru_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates,
                              const float *peephole, bool second_step)
{
    const vf r = logistic_of_half(v_load(gates + SLOT_R * V_WIDTH)), old = v_load(layer->h + at);
    const vf one = v_set(1.0f);
    const vf u = v_divide(one, v_add(one, exp_of_half(v_load(gates + SLOT_Z * V_WIDTH))));
    const vf n =
        tanh_vector(v_fma(r, v_load(gates + SLOT_Q * V_WIDTH), v_load(gates + SLOT_N * V_WIDTH)));

    (void)peephole, (void)second_step;
    v_store(gates + SLOT_N * V_WIDTH, n);
    v_store(gates + SLOT_R * V_WIDTH, r);
    v_store(gates + SLOT_Z * V_WIDTH, u);
    v_store(layer->h + at + state_frame(layer), v_fma(u, v_sub(n, old), old));
}

INLINE void gru_gates_backward(const struct tc_layer_block *layer, size_t at, const float *gates,
                               vf dh, float *carried, const float *peephole, vf dz[TC_MAX_SLOTS],
                               vf dp[3], bool second_step)
{
    const vf n = v_load(gates + SLOT_N * V_WIDTH), r = v_load(gates + SLOT_R * V_WIDTH);
    const vf u = v_load(gates + SLOT_Z * V_WIDTH), one = v_set(1.0f);
    const vf all = v_add(dh, v_load(carried)), dh_z = v_mul(all, v_sub(one, u));
    const vf dn = v_mul(v_mul(all, u), v_sub(one, v_mul(n, n)));

    (void)peephole, (void)dp, (void)second_step;
    dz[SLOT_N] = dn;
    dz[SLOT_Q] = v_mul(dn, r);
    dz[SLOT_R] = v_mul(v_mul(dz[SLOT_Q], v_load(gates + SLOT_Q * V_WIDTH)), v_sub(one, r));
    dz[SLOT_Z] = v_mul(v_mul(dh_z, v_sub(v_load(layer->h + at), n)), u);
    v_store(carried, dh_z);
}

#endif
