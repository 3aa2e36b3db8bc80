/** @file
 *  Gradients of weights, from what the backward pass wrote: sums of outer products over all frames
 *  and sequences of a block. Part of source.h.
 *
 *      dW += dz x^T,   dU += dz h'^T,   dU_n += dz_n (r h')^T       h': the state before
 *
 *  They are packed as the weights are (packing.h); biases' and peepholes' are from backward.h. */
#ifndef TC_WEIGHT_GRADIENT_H
#define TC_WEIGHT_GRADIENT_H

/* Frames are cut so that dz of one vector of units stays in the first cache meanwhile. */
enum { CACHED_FLOATS = 8192 };

/* to (rows, `wide` vectors) += sum of number * vector over frames and sequences, in tiles. */
static void outer_products(float *to, size_t to_row, size_t wide, size_t rows,
                           struct vectors vectors, struct tc_rows numbers, size_t n_frames,
                           size_t sequences)
{
    size_t n;

    for (size_t r = 0; r < rows; r += n) {
        struct tc_rows from = numbers;

        n = even_part(rows - r, tile_numbers(wide));
        from.at += r * numbers.row;
        outer_product(to + r * to_row, to_row, wide, n, vectors, from, n_frames, sequences);
    }
}

/* One vector's columns of r h', whose numbers stand in a slot of all vectors. */
static void reset_gradient(const struct tc_layer_block *layer, float *gradient, struct vectors dz_n,
                           size_t t, size_t n_frames)
{
    const size_t slots = tc_cell_slots(layer->cell)->count, sequences = layer->sequences;
    const size_t stride = gates_stride(layer, layer->cell);
    struct tc_rows reset_state = {layer->gates + t * sequences * stride +
                                      tc_cell_slots(layer->cell)->reset_state * V_WIDTH,
                                  sequences * stride, stride, 1};

    for (size_t start = 0; start < layer->hidden;
         start += V_WIDTH, reset_state.at += slots * V_WIDTH)
        outer_products(gradient + start * V_WIDTH, V_WIDTH, 1, real_units(layer->hidden, start),
                       dz_n, reset_state, n_frames, sequences);
}

/* One vector's columns of both matrices, over frames from t on. */
static void vector_gradient(const struct tc_layer_block *layer, float *gradient, size_t v, size_t t,
                            size_t n_frames)
{
    const struct tc_cell_slots *const slots = tc_cell_slots(layer->cell);
    const size_t sequences = layer->sequences, stride = dz_stride(layer, layer->cell);
    const float *const dz = layer->dz + t * sequences * stride + v * slots->count * V_WIDTH;
    const struct vectors to_input = {dz + slots->input.first * V_WIDTH, sequences * stride, stride};
    const struct vectors to_state = {dz + slots->state.first * V_WIDTH, sequences * stride, stride};
    const struct vectors to_reset = {dz + slots->reset.first * V_WIDTH, sequences * stride, stride};
    const struct tc_rows h = {layer->h + t * state_frame(layer), state_frame(layer), layer->units,
                              1};
    struct tc_rows x = layer->x;

    x.at += t * x.frame;
    gradient += slots->count * V_WIDTH;
    outer_products(gradient, slots->input.count * V_WIDTH, slots->input.count, layer->inputs,
                   to_input, x, n_frames, sequences);
    gradient += layer->inputs * slots->input.count * V_WIDTH;
    outer_products(gradient, slots->state.count * V_WIDTH, slots->state.count, layer->hidden,
                   to_state, h, n_frames, sequences);
    gradient += layer->hidden * slots->state.count * V_WIDTH;
    if (slots->reset.count)
        reset_gradient(layer, gradient, to_reset, t, n_frames);
}

/* dL/db = dz sign(h), summed over frames and sequences. */
static void threshold_gradient(const struct tc_layer_block *layer)
{
    const size_t units = layer->units, stride = dz_stride(layer, layer->cell);

    for (size_t u = 0; u < units; u += V_WIDTH) {
        vf sum = v_load(layer->threshold_gradient + u);

        for (size_t i = 0; i < layer->n_frames * layer->sequences; ++i) {
            const vf dz = v_load(layer->dz + i * stride + u);
            const vf h = v_load(layer->h + (layer->sequences + i) * units + u);

            sum = v_add(sum, v_where_positive(dz, h));
            sum = v_sub(sum, v_where_positive(dz, v_sub(v_set(0.0f), h)));
        }
        v_store(layer->threshold_gradient + u, sum);
    }
}

static void weight_gradient(const struct tc_layer_block *layer, float *gradient)
{
    const size_t size = vector_floats(layer->cell, layer->inputs, layer->hidden);
    const size_t floats = layer->sequences * tc_cell_slots(layer->cell)->count * V_WIDTH;
    const size_t frames = floats < CACHED_FLOATS ? CACHED_FLOATS / floats : 1;

    for (size_t t = 0; t < layer->n_frames; t += frames) {
        const size_t rest = layer->n_frames - t, n = rest < frames ? rest : frames;

        for (size_t v = 0; v < layer_vectors(layer); ++v)
            vector_gradient(layer, gradient + v * size, v, t, n);
    }
    if (layer->activation == TC_MODRELU)
        threshold_gradient(layer);
}

#endif
