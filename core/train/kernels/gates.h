/** @file
 *  The elementwise part of each cell, one vector of units of one lane at a time. */
#ifndef TC_GATES_H
#define TC_GATES_H

/* dz = dh act'(z), in terms of h. */
INLINE vf rnn_slope(vf h, vf dh, enum tc_activation activation)
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

/* c = f c' + i g,   h = o tanh c       c': the cell before; i, f, o logistic, g tanh
 *
 * With peepholes p, halved as the sums are, i and f have p c' in their sums and o has p c. */
INLINE void lstm_value(float *gates, const float *c_old, float *c, float *h, const float *peephole)
{
    const vf old = v_load(c_old), g = tanh_vector(v_load(gates + 2 * W));
    const vf i = logistic_of_half(through(v_load(gates), peephole, 0, old));
    const vf f = logistic_of_half(through(v_load(gates + W), peephole, 1, old));
    const vf cell = v_fma(f, old, v_mul(i, g));
    const vf o = logistic_of_half(through(v_load(gates + 3 * W), peephole, 2, cell));

    v_store(gates, i);
    v_store(gates + W, f);
    v_store(gates + 2 * W, g);
    v_store(gates + 3 * W, o);
    v_store(c, cell);
    v_store(h, v_mul(o, tanh_vector(cell)));
}

/*      do = dh tanh c,                dz_o = do o (1 - o)
 *      dc = carry + dh o (1 - tanh^2 c) [+ p_o dz_o]
 *      di = dc g,                     dz_i = di i (1 - i)
 *      df = dc c',                    dz_f = df f (1 - f)
 *      dg = dc i,                     dz_g = dg (1 - g^2)
 *      carry = dc f [+ p_i dz_i + p_f dz_f]           for the frame before
 *      dp_i += dz_i c',   dp_f += dz_f c',   dp_o += dz_o c      if there are peepholes p
 *
 * From: Gers, Schmidhuber & Cummins 2000, Gers & Schmidhuber 2000; the derivatives by the chain
 * rule. */
INLINE void lstm_slope(const float *gates, const float *c_old, const float *c, vf dh, float *carry,
                       vf dz[4], const float *peephole, vf dp[3])
{
    const vf i = v_load(gates), f = v_load(gates + W), g = v_load(gates + 2 * W);
    const vf o = v_load(gates + 3 * W), one = v_set(1.0f), tanh_c = tanh_vector(v_load(c));
    const vf dh_o = v_mul(dh, o), dz_o = v_mul(v_mul(dh_o, tanh_c), v_sub(one, o));
    const vf dc =
        through(v_fma(dh_o, v_sub(one, v_mul(tanh_c, tanh_c)), v_load(carry)), peephole, 2, dz_o);
    const vf dc_i = v_mul(dc, i), dc_f = v_mul(dc, f), old = v_load(c_old);

    dz[0] = v_mul(v_mul(dc_i, g), v_sub(one, i));
    dz[1] = v_mul(v_mul(dc_f, old), v_sub(one, f));
    dz[2] = v_mul(dc_i, v_sub(one, v_mul(g, g)));
    dz[3] = dz_o;
    v_store(carry, through(through(dc_f, peephole, 0, dz[0]), peephole, 1, dz[1]));
    if (peephole) {
        dp[0] = v_fma(dz[0], old, dp[0]);
        dp[1] = v_fma(dz[1], old, dp[1]);
        dp[2] = v_fma(dz_o, v_load(c), dp[2]);
    }
}

/* N = tanh(n + r q),   h = h' + u (N - h')       h': the state before; r logistic,
 *                                                u = 1 - z = 1 / (1 + exp z) */
INLINE void gru_value(float *gates, const float *h_old, float *h)
{
    const vf r = logistic_of_half(v_load(gates + W)), old = v_load(h_old), one = v_set(1.0f);
    const vf u = v_divide(one, v_add(one, exp_of_half(v_load(gates + 2 * W))));
    const vf n = tanh_vector(v_fma(r, v_load(gates + 3 * W), v_load(gates)));

    v_store(gates, n);
    v_store(gates + W, r);
    v_store(gates + 2 * W, u);
    v_store(h, v_fma(u, v_sub(n, old), old));
}

/*      dN = dh u,                     dz_n = dN (1 - N^2)
 *      dz_q = dz_n r,                 dr = dz_n q,       dz_r = dr r (1 - r)
 *      dz = dh (h' - N),              dz_z = dz z u
 *      carry = dh z                   the direct way to the frame before
 *
 * From: Cho et al. 2014, reset after the product; the derivatives by the chain rule. */
INLINE void gru_slope(const float *gates, const float *h_old, vf dh, float *carry, vf dz[4])
{
    const vf n = v_load(gates), r = v_load(gates + W), u = v_load(gates + 2 * W);
    const vf one = v_set(1.0f), dh_z = v_mul(dh, v_sub(one, u));
    const vf dn = v_mul(v_mul(dh, u), v_sub(one, v_mul(n, n)));

    dz[0] = dn;
    dz[3] = v_mul(dn, r);
    dz[1] = v_mul(v_mul(dz[3], v_load(gates + 3 * W)), v_sub(one, r));
    dz[2] = v_mul(v_mul(dh_z, v_sub(v_load(h_old), n)), u);
    v_store(carry, dh_z);
}

/* With the reset before the product, first r and the numbers r h' of that product, in the last
 * slot. */
INLINE void reset_value(float *gates, const float *h_old)
{
    const vf r = logistic_of_half(v_load(gates + W));

    v_store(gates + W, r);
    v_store(gates + 3 * W, v_mul(r, v_load(h_old)));
}

/* Then N = tanh n,   h = h' + u (N - h')       u = 1 - z = 1 / (1 + exp z) */
INLINE void candidate_value(float *gates, const float *h_old, float *h)
{
    const vf old = v_load(h_old), one = v_set(1.0f), n = tanh_vector(v_load(gates));
    const vf u = v_divide(one, v_add(one, exp_of_half(v_load(gates + 2 * W))));

    v_store(gates, n);
    v_store(gates + 2 * W, u);
    v_store(h, v_fma(u, v_sub(n, old), old));
}

/*      dN = dh u,                     dz_n = dN (1 - N^2)
 *      dz = dh (h' - N),              dz_z = dz z u
 *      carry = dh z                   the direct way to the frame before */
INLINE void candidate_slope(const float *gates, const float *h_old, vf dh, float *carry, vf dz[4])
{
    const vf n = v_load(gates), u = v_load(gates + 2 * W), one = v_set(1.0f);
    const vf dh_z = v_mul(dh, v_sub(one, u));

    dz[0] = v_mul(v_mul(dh, u), v_sub(one, v_mul(n, n)));
    dz[2] = v_mul(v_mul(dh_z, v_sub(v_load(h_old), n)), u);
    dz[1] = dz[3] = v_set(0.0f);
    v_store(carry, dh_z);
}

/* And from d, what comes back to r h' through the product, returns
 *
 *      dz_r = d h' r (1 - r),         carry += d r
 *
 * From: Cho et al. 2014; the derivatives by the chain rule. */
INLINE vf reset_slope(const float *gates, vf d, float *carry)
{
    const vf r = v_load(gates + W);

    v_store(carry, v_fma(d, r, v_load(carry)));
    return v_mul(v_mul(d, v_load(gates + 3 * W)), v_sub(v_set(1.0f), r));
}

#endif
