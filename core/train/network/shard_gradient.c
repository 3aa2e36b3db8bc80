#include "train/network/shard_gradient.h"

#include <string.h>

static void clear(float *values, size_t n)
{
    memset(values, 0, n * sizeof *values);
}

void tc_shard_clear_gradient(struct tc_shard *shard)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    const struct tc_weights *const weights = shard->weights;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_shard_layer *const layer = &shard->layer[l];

        clear(layer->gradient, weights->k->forward_size(&weights->layer[l].from));
        clear(layer->threshold_gradient, tc_weights_threshold_floats(weights, l));
        if (arch->layer_norm)
            clear(layer->norm_gradient, 2 * arch->layer[l].hidden);
    }
    clear(shard->readout_gradient, arch->outputs * tc_shard_units(shard, arch->layers - 1));
}

static void add(float *to, const float *from, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        to[i] += from[i];
}

static void add_layer_gradient(const struct tc_shard *shard, unsigned l, float *gradient)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    const struct tc_layer_offsets *const at = &weights->at;
    const struct tc_shard_layer *const layer = &shard->layer[l];
    const size_t hidden = weights->from.hidden;

    shard->weights->k->unpack_gradient(&weights->from, layer->gradient, gradient + at->w_ih,
                                       gradient + at->w_hh, gradient + at->b_ih,
                                       gradient + at->b_hh, gradient + at->peephole);
    if (tc_weights_threshold_floats(shard->weights, l))
        add(gradient + at->b_hh, layer->threshold_gradient, hidden);
    if (weights->norm_gain) {
        add(gradient + at->norm_gain, layer->norm_gradient, hidden);
        add(gradient + at->norm_bias, layer->norm_gradient + hidden, hidden);
    }
}

/* dw += dy h^T is there, (outputs, units); db += sum of dy over sequences and frames. */
static void add_readout_gradient(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    const struct tc_readout_offsets *const at = &shard->weights->readout_at;
    const size_t hidden = arch->layer[arch->layers - 1].hidden;
    const size_t units = tc_shard_units(shard, arch->layers - 1);

    for (unsigned o = 0; o < arch->outputs; ++o) {
        add(gradient + at->w + o * hidden, shard->readout_gradient + o * units, hidden);
        for (unsigned sequence = 0; sequence < shard->sequences; ++sequence) {
            const float *const dy = tc_shard_output_gradient(shard, sequence, o);
            float sum = 0.0f;

            for (unsigned t = 0; t < n_frames; ++t)
                sum += dy[t];
            gradient[at->b + o] += sum;
        }
    }
}

void tc_shard_add_gradient(struct tc_shard *shard, float *gradient, unsigned n_frames)
{
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l)
        add_layer_gradient(shard, l, gradient);
    add_readout_gradient(shard, gradient, n_frames);
}
