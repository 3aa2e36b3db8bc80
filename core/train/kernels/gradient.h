/** @file
 *  Gradients of weights, from what the way back has left. Part of source.h. */
#ifndef TC_WEIGHT_GRADIENT_H
#define TC_WEIGHT_GRADIENT_H

/* Frames are cut so that a gradient's dz of one block stays in the first cache meanwhile. */
enum { CACHED_FLOATS = 8192 };

/* to (rows, vectors) += sum of number * vector over frames and lanes, in tiles. */
static void outer_products(float *to, size_t to_row, size_t wide, size_t rows,
                           struct vectors vectors, struct tc_rows numbers, size_t n_frames,
                           size_t lanes)
{
    size_t n;

    for (size_t r = 0; r < rows; r += n) {
        struct tc_rows from = numbers;

        n = even_part(rows - r, tile_lanes(wide));
        from.at += r * numbers.row;
        outer_product(to + r * to_row, to_row, wide, n, vectors, from, n_frames, lanes);
    }
}

/* One block's columns of r h, whose numbers stand in the last slots of all blocks. */
static void gated_gradient(const struct tc_layer_block *layer, float *gradient,
                           struct vectors vectors, size_t t, size_t n_frames)
{
    const size_t slots = slots_of(layer->cell), lane = gates_lane(layer, layer->cell);
    struct tc_rows gated = {layer->gates + t * layer->sequences * lane + 3 * W,
                            layer->sequences * lane, lane, 1};

    for (size_t start = 0; start < layer->hidden; start += W, gated.at += slots * W)
        outer_products(gradient + start * W, W, 1, real_units(layer->hidden, start), vectors, gated,
                       n_frames, layer->sequences);
}

/* One block's columns of both matrices, over frames from t on. */
static void gradient_block(const struct tc_layer_block *layer, float *gradient, size_t block,
                           size_t t, size_t n_frames)
{
    const struct part input = input_part(layer->cell), state = state_part(layer->cell);
    const size_t slots = slots_of(layer->cell), lane = dz_lane(layer, layer->cell);
    const float *const dz = layer->dz + t * layer->sequences * lane + block * slots * W;
    const struct vectors to_input = {dz + input.first * W, layer->sequences * lane, lane};
    const struct vectors to_state = {dz + state.first * W, layer->sequences * lane, lane};
    const struct vectors to_candidate = {dz, layer->sequences * lane, lane};
    const struct tc_rows h = {layer->h + t * layer->sequences * layer->units,
                              layer->sequences * layer->units, layer->units, 1};
    struct tc_rows x = layer->x;

    x.at += t * x.frame;
    gradient += slots * W;
    outer_products(gradient, input.count * W, input.count, layer->inputs, to_input, x, n_frames,
                   layer->sequences);
    gradient += layer->inputs * input.count * W;
    outer_products(gradient, state.count * W, state.count, layer->hidden, to_state, h, n_frames,
                   layer->sequences);
    gradient += layer->hidden * state.count * W;
    if (gated_part(layer->cell).count)
        gated_gradient(layer, gradient, to_candidate, t, n_frames);
}

/* dL/db = dz sign(h), summed over frames and lanes. */
static void threshold_gradient(const struct tc_layer_block *layer)
{
    const size_t units = layer->units, lane = dz_lane(layer, TC_CELL_RNN);

    for (size_t b = 0; b < units; b += W) {
        vf sum = v_load(layer->threshold_gradient + b);

        for (size_t i = 0; i < layer->n_frames * layer->sequences; ++i) {
            const vf dz = v_load(layer->dz + i * lane + b);
            const vf h = v_load(layer->h + (layer->sequences + i) * units + b);

            sum = v_add(sum, v_where_positive(dz, h));
            sum = v_sub(sum, v_where_positive(dz, v_sub(v_set(0.0f), h)));
        }
        v_store(layer->threshold_gradient + b, sum);
    }
}

static void weight_gradient(const struct tc_layer_block *layer, float *gradient)
{
    const size_t size = block_floats(layer->cell, layer->inputs, layer->hidden);
    const size_t floats = layer->sequences * slots_of(layer->cell) * W;
    const size_t frames = floats < CACHED_FLOATS ? CACHED_FLOATS / floats : 1;

    for (size_t t = 0; t < layer->n_frames; t += frames) {
        const size_t left = layer->n_frames - t, n = left < frames ? left : frames;

        for (size_t b = 0; b < blocks_in(layer); ++b)
            gradient_block(layer, gradient + b * size, b, t, n);
    }
    if (layer->activation == TC_MODRELU)
        threshold_gradient(layer);
}

#endif
