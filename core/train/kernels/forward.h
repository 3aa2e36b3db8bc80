/** @file
 *  Forward through a layer, frame by frame; in a frame vector by vector of units: the sums of all
 *  sequences in tiles, then their gates. Part of source.h.
 *
 *  What is cell by cell is in ..._gates.h, backward in backward.h. */
#ifndef TC_FORWARD_H
#define TC_FORWARD_H

/* From the sums in `gates` to gates and to the next state, of one vector of units of one sequence,
 * which stands at h + at and c + at. `peephole`: three vectors, or NULL. `second_step`: those whose
 * product takes r h, once that is known of all units; before, the others, and r h. */
typedef void gates_forward_fn(const struct tc_layer_block *layer, size_t at, float *gates,
                              const float *peephole, bool second_step);

/* The sums of one vector of units of B sequences at one frame, to where the gates go. */
INLINE void sums_tile(const struct tc_layer_block *layer, enum tc_cell cell, unsigned B,
                      const float *w, const float *x, const float *h, float *to)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);
    vf sum[MAX_TILE_SUMS];

    UNROLL for (unsigned s = 0; s < slots->count; ++s)
    {
        const vf bias = v_load(w + s * V_WIDTH);

        UNROLL for (unsigned b = 0; b < B; ++b) sum[b * slots->count + s] = bias;
    }
    w = add_rows(sum, slots->count, slots->input.first, slots->input.count, B,
                 w + slots->count * V_WIDTH, slots->input.count * V_WIDTH, x, layer->x.sequence,
                 layer->x.row, layer->inputs);
    add_rows(sum, slots->count, slots->state.first, slots->state.count, B, w,
             slots->state.count * V_WIDTH, h, layer->units, 1, layer->hidden);
    UNROLL for (unsigned b = 0; b < B; ++b)
    {
        UNROLL for (unsigned s = 0; s < slots->count; ++s)
            v_store(to + b * gates_stride(layer, cell) + s * V_WIDTH, sum[b * slots->count + s]);
    }
}

/* The same of up to tile_numbers() sequences. Cells have it as a function of their own, apart from
 * that of the gates: constants of the one take no registers from the sums of the other. */
INLINE void vector_sums(const struct tc_layer_block *layer, enum tc_cell cell, size_t sequences,
                        const float *w, const float *x, const float *h, float *to){
    WITH_CONSTANT_B(sequences, tc_cell_slots(cell)->count, sums_tile(layer, cell, B, w, x, h, to))}

/* One vector of units of all sequences from their sums to their state. */
INLINE void vector_gates(const struct tc_layer_block *layer, enum tc_cell cell,
                         gates_forward_fn *gates_forward, const float *peephole, float *gates,
                         size_t at)
{
    const struct tc_layer_block local = *layer; /* which no store can change */

    if (!tc_cell_peepholes(cell))
        peephole = NULL;
    for (size_t b = 0; b < local.sequences; ++b, at += local.units) {
        gates_forward(&local, at, gates, peephole, false);
        gates += gates_stride(&local, cell);
    }
}

/* The columns of r h of one vector of units, in its packed weights. */
INLINE const float *reset_columns(const struct tc_layer_block *layer, enum tc_cell cell,
                                  const float *w)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);

    return w + (slots->count + layer->inputs * slots->input.count +
                layer->hidden * slots->state.count) *
                   V_WIDTH;
}

/* The second step of a vector v of units of all sequences at frame t. */
INLINE void vector_second_step(const struct tc_layer_block *layer, enum tc_cell cell,
                               gates_forward_fn *gates_forward, const float *w, size_t t, size_t v)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(cell);
    const struct tc_fed_slots *const fed = &slots->reset;
    const size_t stride = gates_stride(layer, cell);
    float *const all = layer->gates + t * layer->sequences * stride;
    float *gates = all + v * slots->count * V_WIDTH;
    size_t n, at = t * state_frame(layer) + v * V_WIDTH;

    if (!fed->count)
        return;
    for (size_t b = 0; b < layer->sequences; b += n) {
        const struct slot_rows reset_state = {
            all + b * stride, stride, 1, slots->count, slots->reset_state, 1, layer->hidden};

        n = even_part(layer->sequences - b, tile_numbers(fed->count));
        slot_rows_product(gates + b * stride + fed->first * V_WIDTH, stride, true, fed->count, n,
                          reset_columns(layer, cell, w), fed->count * V_WIDTH, &reset_state);
    }
    for (size_t b = 0; b < layer->sequences; ++b, gates += stride, at += layer->units)
        gates_forward(layer, at, gates, NULL, true);
}

/* What a cell takes of the above, each a function by itself. */
struct cell_forward {
    void (*sums)(const struct tc_layer_block *layer, size_t sequences, const float *w,
                 const float *x, const float *h, float *to);
    void (*gates)(const struct tc_layer_block *layer, const float *peephole, float *gates,
                  size_t at);
    void (*second_step)(const struct tc_layer_block *layer, const float *w, size_t t, size_t v);
};

/* One vector of units of all sequences at frame t. */
static void vector_forward(const struct tc_layer_block *layer, const struct cell_forward *cell,
                           const float *w, size_t t, size_t v)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(layer->cell);
    const size_t units = layer->units, first = t * layer->sequences;
    const size_t stride = gates_stride(layer, layer->cell);
    const float *const end = w + vector_floats(layer->cell, layer->inputs, layer->hidden);
    float *const gates = layer->gates + first * stride + v * slots->count * V_WIDTH;
    size_t n;

    for (size_t b = 0; b < layer->sequences; b += n) {
        n = even_part(layer->sequences - b, tile_numbers(slots->count));
        cell->sums(layer, n, w, layer->x.at + t * layer->x.frame + b * layer->x.sequence,
                   layer->h + (first + b) * units, gates + b * stride);
    }
    cell->gates(layer, end - tc_cell_peepholes(layer->cell) * V_WIDTH, gates,
                first * units + v * V_WIDTH);
}

static void layer_forward(const struct tc_layer_block *layer, const struct cell_forward *cell,
                          const float *weights)
{
    const size_t size = vector_floats(layer->cell, layer->inputs, layer->hidden);
    const bool two_steps = tc_cell_slots(layer->cell)->reset.count > 0;

    for (size_t t = 0; t < layer->n_frames; ++t) {
        for (size_t v = 0; v < layer_vectors(layer); ++v)
            vector_forward(layer, cell, weights + v * size, t, v);
        for (size_t v = 0; two_steps && v < layer_vectors(layer); ++v)
            cell->second_step(layer, weights + v * size, t, v);
    }
}

#endif
