/** @file
 *  The LSTM in training, with and without peepholes, one vector of units at a time. Part of
 *  source.h. h', c' are the state before, p the peepholes, s the logistic function.
 *
 *  Forward:
 *
 *      z = W x + U h' + b              i, f, g, o: the four blocks of z
 *      i = s(z_i [+ p_i c']),   f = s(z_f [+ p_f c']),   g = tanh(z_g)
 *      c = f c' + i g
 *      o = s(z_o [+ p_o c])
 *      h = o tanh c
 *
 *  Backward, from dh (what comes from above and U^T dz of the next frame) and from the next frame's
 *  carried:
 *
 *      do = dh tanh c,                                 dz_o = do o (1 - o)
 *      dc = carried + dh o (1 - tanh^2 c) [+ p_o dz_o]
 *      di = dc g,                                      dz_i = di i (1 - i)
 *      df = dc c',                                     dz_f = df f (1 - f)
 *      dg = dc i,                                      dz_g = dg (1 - g^2)
 *      carried = dL/dc' = dc f [+ p_i dz_i + p_f dz_f]
 *      dp_i += dz_i c',   dp_f += dz_f c',   dp_o += dz_o c
 *
 *  dh' = U^T dz is in backward.h, dW += dz x^T, dU += dz h'^T in gradient.h.
 *
 *  The step when playing: core/cells/lstm.c, lstm_peephole.c.
 *
 *  From: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000; peepholes Gers &
 *  Schmidhuber 2000. The derivatives follow by the chain rule. */
#ifndef TC_LSTM_GATES_H
#define TC_LSTM_GATES_H

/* Sums of i, f, o, and peepholes, were halved. */
INLINE void lstm_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates,
                               const float *peephole, bool second_step)
{
    const size_t next = at + state_frame(layer);
    const vf old = v_load(layer->c + at), g = tanh_vector(v_load(gates + SLOT_G * V_WIDTH));
    const vf i = logistic_of_half(add_peephole(v_load(gates + SLOT_I * V_WIDTH), peephole, 0, old));
    const vf f = logistic_of_half(add_peephole(v_load(gates + SLOT_F * V_WIDTH), peephole, 1, old));
    const vf c = v_fma(f, old, v_mul(i, g));
    const vf o = logistic_of_half(add_peephole(v_load(gates + SLOT_O * V_WIDTH), peephole, 2, c));

    (void)second_step;
    v_store(gates + SLOT_I * V_WIDTH, i);
    v_store(gates + SLOT_F * V_WIDTH, f);
    v_store(gates + SLOT_G * V_WIDTH, g);
    v_store(gates + SLOT_O * V_WIDTH, o);
    v_store(layer->c + next, c);
    v_store(layer->h + next, v_mul(o, tanh_vector(c)));
}

INLINE void lstm_gates_backward(const struct tc_layer_block *layer, size_t at, const float *gates,
                                vf dh, float *carried, const float *peephole, vf dz[TC_MAX_SLOTS],
                                vf dp[3], bool second_step)
{
    const float *const c_old = layer->c + at, *const c = layer->c + at + state_frame(layer);
    const vf i = v_load(gates + SLOT_I * V_WIDTH), f = v_load(gates + SLOT_F * V_WIDTH);
    const vf g = v_load(gates + SLOT_G * V_WIDTH), o = v_load(gates + SLOT_O * V_WIDTH);
    const vf one = v_set(1.0f), tanh_c = tanh_vector(v_load(c));
    const vf dh_o = v_mul(dh, o), dz_o = v_mul(v_mul(dh_o, tanh_c), v_sub(one, o));
    const vf dc = add_peephole(v_fma(dh_o, v_sub(one, v_mul(tanh_c, tanh_c)), v_load(carried)),
                               peephole, 2, dz_o);
    const vf dc_i = v_mul(dc, i), dc_f = v_mul(dc, f), old = v_load(c_old);

    (void)second_step;
    dz[SLOT_I] = v_mul(v_mul(dc_i, g), v_sub(one, i));
    dz[SLOT_F] = v_mul(v_mul(dc_f, old), v_sub(one, f));
    dz[SLOT_G] = v_mul(dc_i, v_sub(one, v_mul(g, g)));
    dz[SLOT_O] = dz_o;
    v_store(carried,
            add_peephole(add_peephole(dc_f, peephole, 0, dz[SLOT_I]), peephole, 1, dz[SLOT_F]));
    if (peephole) {
        dp[0] = v_fma(dz[SLOT_I], old, dp[0]);
        dp[1] = v_fma(dz[SLOT_F], old, dp[1]);
        dp[2] = v_fma(dz_o, v_load(c), dp[2]);
    }
}

#endif
