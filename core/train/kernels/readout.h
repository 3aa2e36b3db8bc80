/** @file
 *  The readout y = W h + b of all frames, forward and backward. Part of source.h.
 *
 *      dh = W^T dy,   dW += dy h^T          W: packed row by row, then in panels (packing.h) */
#ifndef TC_LAYER_READOUT_H
#define TC_LAYER_READOUT_H

static void readout(const struct tc_layer_block *layer, const float *weights, const float *bias,
                    size_t outputs, struct tc_rows y)
{
    const size_t units = layer->units;
    const float *h = layer->h + state_frame(layer);

    for (size_t t = 0; t < layer->n_frames; ++t)
        for (size_t b = 0; b < layer->sequences; ++b, h += units)
            for (size_t o = 0; o < outputs; ++o) {
                vf sum = v_set(0.0f);

                for (size_t u = 0; u < units; u += V_WIDTH)
                    sum = v_fma(v_load(weights + o * units + u), v_load(h + u), sum);
                y.at[t * y.frame + b * y.sequence + o * y.row] = bias[o] + v_sum(sum);
            }
}

static void readout_backward(const struct tc_layer_block *layer, const float *weights,
                             struct tc_rows dy, size_t outputs, float *gradient)
{
    const size_t units = layer->units, frame = state_frame(layer);

    for (size_t v = 0; v < layer_vectors(layer); ++v) {
        const struct vectors h = {layer->h + frame + v * V_WIDTH, frame, units};

        outer_products(gradient + v * V_WIDTH, units, 1, outputs, h, dy, layer->n_frames,
                       layer->sequences);
    }
    for (size_t t = 0; t < layer->n_frames; ++t) {
        const struct slot_rows numbers = {
            dy.at + t * dy.frame, dy.sequence, dy.row, 1, 0, 1, outputs};

        transposed_product(layer->dh + t * frame, false, layer_vectors(layer), layer->sequences,
                           weights + outputs * units, outputs, &numbers);
    }
}

#endif
