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
INLINE void reset_gates_forward(const struct tc_layer_block *layer, size_t at, float *gates,
                                const float *peephole)
{
    const vf r = logistic_of_half(v_load(gates + SLOT_R * V_WIDTH));

    (void)peephole;
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

SEPARATE void reset_before_sums(const struct tc_layer_block *layer, size_t sequences,
                                const float *w, const float *x, const float *h, float *to)
{
    vector_sums(layer, TC_CELL_GRU_RESET_BEFORE, sequences, w, x, h, to);
}

SEPARATE void reset_before_forward(const struct tc_layer_block *layer, const float *peephole,
                                   float *gates, size_t at)
{
    vector_gates(layer, TC_CELL_GRU_RESET_BEFORE, reset_gates_forward, peephole, gates, at);
}

/* U_n of one vector of units, in its packed weights. */
INLINE const float *reset_columns(const struct tc_layer_block *layer, const float *w)
{
    const struct tc_cell_slots *const slots = &tc_cell_slots[TC_CELL_GRU_RESET_BEFORE];

    return w + (slots->count + layer->inputs * slots->input.count +
                layer->hidden * slots->state.count) *
                   V_WIDTH;
}

/* The second step of a vector v of units of all sequences at frame t. */
static void reset_before_candidates(const struct tc_layer_block *layer, const float *w, size_t t,
                                    size_t v)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = tc_cell_slots[cell].count, stride = gates_stride(layer, cell);
    float *const all = layer->gates + t * layer->sequences * stride;
    float *gates = all + v * slots * V_WIDTH;
    size_t n, at = t * state_frame(layer) + v * V_WIDTH;

    for (size_t b = 0; b < layer->sequences; b += n) {
        const struct slot_rows reset_state = {
            all + b * stride, stride, 1, slots, SLOT_RESET_STATE, 1, layer->hidden};

        n = even_part(layer->sequences - b, tile_numbers(1));
        slot_rows_product(gates + b * stride, stride, true, 1, n, reset_columns(layer, w), V_WIDTH,
                          &reset_state);
    }
    for (size_t b = 0; b < layer->sequences; ++b, gates += stride, at += layer->units)
        candidate_gates_forward(layer, at, gates);
}

/* ------------------------------------------------------------------ backward */

/* All but r, which waits for the candidates' dz of all units. */
INLINE void candidate_gates_backward(const struct tc_layer_block *layer, size_t at,
                                     const float *gates, vf dh, float *carried,
                                     const float *peephole, vf dz[4], vf dp[3])
{
    const vf n = v_load(gates + SLOT_N * V_WIDTH), u = v_load(gates + SLOT_Z * V_WIDTH),
             one = v_set(1.0f);
    const vf all = v_add(dh, v_load(carried)), dh_z = v_mul(all, v_sub(one, u));

    (void)peephole, (void)dp;
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

SEPARATE void reset_before_backward(const struct tc_layer_block *layer, const float *peephole,
                                    float *gradient, size_t t, size_t v)
{
    vector_gates_backward(layer, TC_CELL_GRU_RESET_BEFORE, candidate_gates_backward, peephole,
                          gradient, t, v);
}

/* The second step of all units of all sequences at frame t. d takes the memory of dh, which has
 * been read by then. */
static void reset_before_resets(const struct tc_layer_block *layer, const float *weights,
                                float *gradient, size_t t)
{
    const enum tc_cell cell = TC_CELL_GRU_RESET_BEFORE;
    const size_t slots = tc_cell_slots[cell].count, units = layer->units;
    const size_t size = vector_floats(cell, layer->inputs, layer->hidden);
    const struct slot_rows dz_n = dz_rows(layer, &tc_cell_slots[cell].reset, t);
    float *const d = layer->dh + t * state_frame(layer);

    transposed_product(d, false, layer_vectors(layer), layer->sequences, weights, layer->hidden,
                       &dz_n);
    for (size_t v = 0; v < layer_vectors(layer); ++v, gradient += size) {
        vf sum = v_load(gradient + SLOT_R * V_WIDTH);

        for (size_t b = 0; b < layer->sequences; ++b) {
            const size_t at = b * units + v * V_WIDTH, sequence = t * layer->sequences + b;
            const float *const gates =
                layer->gates + sequence * gates_stride(layer, cell) + v * slots * V_WIDTH;
            const vf dz_r =
                reset_gate_backward(gates, v_load(d + at), layer->carried_gradient + at);

            v_store(layer->dz + sequence * dz_stride(layer, cell) + (v * slots + SLOT_R) * V_WIDTH,
                    dz_r);
            sum = v_add(sum, dz_r);
        }
        v_store(gradient + SLOT_R * V_WIDTH, sum);
    }
}

#endif
