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
                              const float *peephole)
{
    const size_t unit = layer->activation == TC_MODRELU ? at % layer->units : 0;

    (void)peephole;
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
                               vf dh, float *carried, const float *peephole, vf dz[4], vf dp[3])
{
    (void)at, (void)carried, (void)peephole, (void)dp;
    dz[0] = times_slope(v_load(gates), dh, layer->activation);
}

SEPARATE void rnn_sums(const struct tc_layer_block *layer, size_t sequences, const float *w,
                       const float *x, const float *h, float *to)
{
    vector_sums(layer, TC_CELL_RNN, sequences, w, x, h, to);
}

SEPARATE void rnn_forward(const struct tc_layer_block *layer, const float *peephole, float *gates,
                          size_t at)
{
    vector_gates(layer, TC_CELL_RNN, rnn_gates_forward, peephole, gates, at);
}

SEPARATE void rnn_backward(const struct tc_layer_block *layer, const float *peephole,
                           float *gradient, size_t t, size_t v)
{
    vector_gates_backward(layer, TC_CELL_RNN, rnn_gates_backward, peephole, gradient, t, v);
}

#endif
