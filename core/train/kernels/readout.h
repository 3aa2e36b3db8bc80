/** @file
 *  The readout of all frames, and the way back through it. Part of source.h. */
#ifndef TC_LAYER_READOUT_H
#define TC_LAYER_READOUT_H

static void readout(const struct tc_layer_block *layer, const float *weights, const float *bias,
                    size_t outputs, struct tc_rows y)
{
    const size_t units = layer->units;
    const float *h = layer->h + layer->sequences * units;

    for (size_t t = 0; t < layer->n_frames; ++t)
        for (size_t l = 0; l < layer->sequences; ++l, h += units)
            for (size_t o = 0; o < outputs; ++o) {
                vf sum = v_set(0.0f);

                for (size_t u = 0; u < units; u += W)
                    sum = v_fma(v_load(weights + o * units + u), v_load(h + u), sum);
                y.at[t * y.frame + l * y.lane + o * y.row] = bias[o] + v_sum(sum);
            }
}

static void readout_back(const struct tc_layer_block *layer, const float *weights,
                         struct tc_rows dy, size_t outputs, float *gradient)
{
    const size_t units = layer->units, frame = layer->sequences * units;

    for (size_t b = 0; b < blocks_in(layer); ++b) {
        const struct vectors h = {layer->h + frame + b * W, frame, units};

        outer_products(gradient + b * W, units, 1, outputs, h, dy, layer->n_frames,
                       layer->sequences);
    }
    for (size_t t = 0; t < layer->n_frames; ++t) {
        const struct runs runs = {dy.at + t * dy.frame, dy.lane, dy.row, 1, 0, 1, outputs};

        spread(layer->dh + t * frame, false, blocks_in(layer), layer->sequences,
               weights + outputs * units, outputs, &runs);
    }
}

#endif
