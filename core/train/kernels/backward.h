/** @file
 *  Backward through a layer, frame by frame in reverse: from dL/dh to dL/d of the sums (dz), and on
 *  to the earlier frame and to the layer below. Part of source.h.
 *
 *      dh_t += U^T dz_(t+1) [+ carried_gradient, of a GRU]         all that the next frame gives,
 *                                                                 times gradient_factor
 *      dz_t and carried_gradient from dh_t                        cell by cell: ..._gates.h
 *      dx_t = W^T dz_t
 *
 *  The weights' gradient is in gradient.h, the forward pass in forward.h.
 *
 *  From: Werbos 1990; Williams & Peng 1990 for where it is cut. */
#ifndef TC_BACKWARD_H
#define TC_BACKWARD_H

/* dz from dh, of one vector of units of one sequence whose earlier state stands at h + at and
 * c + at; `carried` is replaced. Its part of the peepholes' gradient is added to dp. A second step
 * sets dz of r alone, from dL/d(r h) in place of dh, and adds to `carried`. */
typedef void gates_backward_fn(const struct tc_layer_block *layer, size_t at, const float *gates,
                               vf dh, float *carried, const float *peephole, vf dz[TC_MAX_SLOTS],
                               vf dp[3], bool second_step);

/* Prefetch n vectors that the next frame needs, into the second cache: long chunks come from
 * further away, and CPUs do not predict well what is read in reverse. */
INLINE void prefetch(const float *at, unsigned n)
{
    enum { LINE = 16 };

    UNROLL for (unsigned i = 0; i < n * V_WIDTH; i += LINE) __builtin_prefetch(at + i, 0, 2);
}

/* One vector v of units of all sequences at frame t from dh to dz; `gradient` is that vector's. */
INLINE void vector_gates_backward(const struct tc_layer_block *layer, enum tc_cell cell,
                                  gates_backward_fn *gates_backward, const float *peephole,
                                  float *gradient, size_t t, size_t v)
{
    const struct tc_layer_block local = *layer; /* which no store can change */
    const unsigned slots = tc_cell_slots(cell)->count, peepholes = tc_cell_peepholes(cell);
    const size_t size = vector_floats(cell, local.inputs, local.hidden);
    float *const to_peephole = gradient + size - peepholes * V_WIDTH;
    const size_t earlier = t ? local.sequences : 0; /* to the earlier frame, in sequences */
    vf sum[TC_MAX_SLOTS], dz[TC_MAX_SLOTS], dp[3];

    UNROLL for (unsigned s = 0; s < slots; ++s) sum[s] = v_load(gradient + s * V_WIDTH);
    UNROLL for (unsigned k = 0; k < peepholes; ++k) dp[k] = v_load(to_peephole + k * V_WIDTH);
    for (size_t b = local.sequences; b-- > 0;) { /* down, as the frames: memory in one direction */
        const size_t sequence = t * local.sequences + b, at = sequence * local.units + v * V_WIDTH;
        const float *const gates =
            local.gates + sequence * gates_stride(&local, cell) + v * slots * V_WIDTH;
        float *const to = local.dz + sequence * dz_stride(&local, cell) + v * slots * V_WIDTH;

        prefetch(gates - earlier * gates_stride(&local, cell), slots);
        prefetch(local.h + at - earlier * local.units, 1);
        if (tc_cell_has_c(cell))
            prefetch(local.c + at - earlier * local.units, 1);
        gates_backward(&local, at, gates, v_load(local.dh + at),
                       local.carried_gradient + b * local.units + v * V_WIDTH,
                       peepholes ? peephole : NULL, dz, dp, false);
        UNROLL for (unsigned s = 0; s < slots; ++s)
        {
            v_store(to + s * V_WIDTH, dz[s]);
            sum[s] = v_add(sum[s], dz[s]);
        }
    }
    UNROLL for (unsigned s = 0; s < slots; ++s) v_store(gradient + s * V_WIDTH, sum[s]);
    UNROLL for (unsigned k = 0; k < peepholes; ++k) v_store(to_peephole + k * V_WIDTH, dp[k]);
}

/* The numbers of dz that a matrix's rows are multiplied by, from frame t on. */
INLINE struct slot_rows dz_rows(const struct tc_layer_block *layer, const struct tc_fed_slots *fed,
                                size_t t)
{
    const size_t stride = dz_stride(layer, layer->cell);

    return (struct slot_rows){layer->dz + t * layer->sequences * stride,
                              stride,
                              1,
                              tc_cell_slots(layer->cell)->count,
                              fed->first,
                              fed->count,
                              layer->hidden};
}

/* to (sequences, `vectors` vectors) (+)= a packed matrix, transposed, times numbers; in tiles. */
static void transposed_product(float *to, bool add, size_t vectors, size_t sequences,
                               const float *panel, size_t rows, const struct slot_rows *numbers)
{
    size_t wide, n;

    for (size_t v = 0; v < vectors; v += wide) {
        wide = even_part(vectors - v, PANEL_VECTORS);
        for (size_t b = 0; b < sequences; b += n) {
            struct slot_rows from = *numbers;

            n = even_part(sequences - b, tile_numbers(wide));
            from.at += b * numbers->sequence;
            slot_rows_product(to + b * vectors * V_WIDTH + v * V_WIDTH, vectors * V_WIDTH, add,
                              wide, n, panel, wide * V_WIDTH, &from);
        }
        panel += rows * wide * V_WIDTH;
    }
}

/* The second step of all units of all sequences at frame t, once dz of what the product with r h
 * feeds is known of all units. dL/d(r h) takes the memory of dh, which has been read by then. */
INLINE void second_step_backward(const struct tc_layer_block *layer, enum tc_cell cell,
                                 gates_backward_fn *gates_backward, const float *weights,
                                 float *gradient, size_t t)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);
    const size_t size = vector_floats(cell, layer->inputs, layer->hidden), r = slots->r;
    const struct slot_rows dz_rows_of_reset = dz_rows(layer, &slots->reset, t);
    float *const d = layer->dh + t * state_frame(layer);

    if (!slots->reset.count)
        return;
    transposed_product(d, false, layer_vectors(layer), layer->sequences, weights,
                       slots->reset.count * layer->hidden, &dz_rows_of_reset);
    for (size_t v = 0; v < layer_vectors(layer); ++v, gradient += size) {
        vf sum = v_load(gradient + r * V_WIDTH);

        for (size_t b = 0; b < layer->sequences; ++b) {
            const size_t at = b * layer->units + v * V_WIDTH, sequence = t * layer->sequences + b;
            const size_t vector = v * slots->count * V_WIDTH;
            vf dz[TC_MAX_SLOTS];

            gates_backward(layer, t * state_frame(layer) + at,
                           layer->gates + sequence * gates_stride(layer, cell) + vector,
                           v_load(d + at), layer->carried_gradient + at, NULL, dz, NULL, true);
            v_store(layer->dz + sequence * dz_stride(layer, cell) + vector + r * V_WIDTH, dz[r]);
            sum = v_add(sum, dz[r]);
        }
        v_store(gradient + r * V_WIDTH, sum);
    }
}

/* dh += factor * W_hh^T dz of the next frame, and carried_gradient times the factor. A function of
 * its own, since it takes longer than without factor. */
static void add_scaled_gradient(const struct tc_layer_block *layer, float *dh, float factor,
                                const float *weights, size_t rows, const struct slot_rows *next_dz)
{
    const vf factors = v_set(factor);
    float *const scaled = layer->scaled_gradient, *const carried = layer->carried_gradient;

    transposed_product(scaled, false, layer_vectors(layer), layer->sequences, weights, rows,
                       next_dz);
    for (size_t i = 0; i < state_frame(layer); i += V_WIDTH) {
        v_store(dh + i, v_fma(factors, v_load(scaled + i), v_load(dh + i)));
        v_store(carried + i, v_mul(factors, v_load(carried + i)));
    }
}

/* What a cell takes of the above, each a function by itself. */
struct cell_backward {
    void (*gates)(const struct tc_layer_block *layer, const float *peephole, float *gradient,
                  size_t t, size_t v);
    void (*second_step)(const struct tc_layer_block *layer, const float *weights, float *gradient,
                        size_t t);
};

static void layer_backward(const struct tc_layer_block *layer, const struct cell_backward *cell,
                           const float *weights, float *gradient)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(layer->cell);
    const size_t size = vector_floats(layer->cell, layer->inputs, layer->hidden);
    const size_t rows = slots->state.count * layer->hidden;
    const float *const reset = weights + rows * layer->units;
    const float *const peephole = reset + slots->reset.count * layer->hidden * layer->units;

    for (size_t t = layer->n_frames; t-- > 0;) {
        const struct slot_rows next_dz = dz_rows(layer, &slots->state, t + 1);
        float *const dh = layer->dh + t * state_frame(layer);

        if (layer->gradient_factor)
            add_scaled_gradient(layer, dh, layer->gradient_factor[t], weights, rows, &next_dz);
        else
            transposed_product(dh, true, layer_vectors(layer), layer->sequences, weights, rows,
                               &next_dz);
        for (size_t v = 0; v < layer_vectors(layer); ++v)
            cell->gates(layer, peephole + v * tc_cell_peepholes(layer->cell) * V_WIDTH,
                        gradient + v * size, t, v);
        if (slots->reset.count)
            cell->second_step(layer, reset, gradient, t);
    }
}

static void input_gradient(const struct tc_layer_block *layer, const float *weights, float *dx)
{
    const struct tc_fed_slots *const fed = &tc_cell_slots(layer->cell)->input;
    const struct slot_rows dz = dz_rows(layer, fed, 0);

    transposed_product(dx, false, vectors_of(layer->inputs), layer->n_frames * layer->sequences,
                       weights, fed->count * layer->hidden, &dz);
}

#endif
