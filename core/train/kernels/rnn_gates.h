/** @file
 *  The plain RNN in training, one vector of units at a time. Part of source.h.
 *
 *      z = W x + U h' + b,   h = act(z)                h': the state before
 *      dz = dh dact/dz, which each activation gives in terms of h
 *
 *  The step when playing: core/cells/rnn.c. Sums and their gradients: forward.h, backward.h. */
#ifndef TC_RNN_GATES_H
#define TC_RNN_GATES_H

INLINE void rnn_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates,
                              const float *peephole, bool second_step)
{
    const size_t unit = layer->activation == TC_MODRELU ? at % layer->units : 0;

    (void)peephole, (void)second_step;
    v_store(gates, activated(v_load(gates), layer->activation, layer->threshold, unit));
    v_store(layer->h + at + state_frame(layer), v_load(gates));
}

/* dh dact/dz. */
INLINE vf times_slope(vf h, vf dh, enum tc_activation activation)
{
    const vf one = v_set(1.0f);

    switch (activation) {
    case TC_TANH:
        return v_mul(dh, v_sub(one, v_mul(h, h)));
    case TC_LOGISTIC:
        return v_mul(dh, v_mul(h, v_sub(one, h)));
    case TC_RELU:
        return v_where_positive(dh, h);
    case TC_MODRELU:
        return v_add(v_where_positive(dh, h), v_where_positive(dh, v_sub(v_set(0.0f), h)));
    case TC_IDENTITY:
    case TC_ELU: /* these two are not trained */
    case TC_SOFTMAX:
        break;
    }
    return dh;
}

INLINE void rnn_gates_backward(const struct tc_layer_block *layer, size_t at, const float *gates,
                               vf dh, float *carried, const float *peephole, vf dz[TC_MAX_SLOTS],
                               vf dp[3], bool second_step)
{
    (void)at, (void)carried, (void)peephole, (void)dp, (void)second_step;
    dz[0] = times_slope(v_load(gates), dh, layer->activation);
}

#endif
