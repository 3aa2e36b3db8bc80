#include "train/network/shard_forward.h"

#include "cells/layer_norm.h"
#include "train/network/moments.h"
#include "train/network/shard_embedding.h"
#include "train/network/shard_layer.h"

/* y += direct u, input o to output o. */
static void add_direct(const struct tc_shard *shard, struct tc_block block)
{
    const struct tc_architecture *const arch = tc_shard_arch(shard);
    const struct tc_rows u =
        tc_shard_rows(shard, shard->x, tc_shard_input_rows(shard), block.start);
    const struct tc_rows y = tc_shard_rows(shard, shard->y, arch->outputs, block.start);

    for (size_t b = 0; arch->direct != 0.0f && b < shard->sequences; ++b)
        for (size_t o = 0; o < arch->outputs; ++o) {
            const float *const from = u.at + b * u.sequence + o * u.row;
            float *const to = y.at + b * y.sequence + o * y.row;

            for (size_t t = 0; t < block.count; ++t)
                to[t] += arch->direct * from[t];
        }
}

/* The layer's output, where that is not its state h: with the residual path, normalised. */
static void output_forward(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    float *const output = tc_shard_layer_output(shard, l, block.start + 1);

    tc_shard_residual_sum(shard, l, block, output);
    for (size_t i = 0; weights->norm_gain && i < tc_shard_block_floats(shard, l, block);
         i += tc_shard_units(shard, l))
        tc_norm_apply(output + i, output + i, weights->norm_gain, weights->norm_bias,
                      weights->from.hidden);
}

static void block_forward(const struct tc_shard *shard, struct tc_block block)
{
    const struct tc_weights *const weights = shard->weights;
    const struct tc_layer_kernels *const k = weights->k;
    const size_t outputs = tc_shard_arch(shard)->outputs;
    struct tc_layer_block layer;

    if (tc_shard_arch(shard)->symbols)
        tc_shard_embedding_forward(shard, block);
    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        layer = tc_shard_layer_block(shard, l, block);
        k->forward(&layer, weights->layer[l].forward);
        if (shard->layer[l].output)
            output_forward(shard, l, block);
    }
    layer = tc_shard_readout_block(shard, block);
    k->readout(&layer, weights->readout, weights->bias, outputs,
               tc_shard_rows(shard, shard->y, outputs, block.start));
    add_direct(shard, block);
}

void tc_shard_forward(struct tc_shard *shard, unsigned n_frames)
{
    for (size_t t = 0; t < n_frames; t += TC_BLOCK_FRAMES) {
        const size_t rest = n_frames - t;

        block_forward(shard, (struct tc_block){t, rest < TC_BLOCK_FRAMES ? rest : TC_BLOCK_FRAMES});
    }
}

void tc_shard_add_moments(const struct tc_shard *shard, unsigned l, unsigned sequence,
                          unsigned n_frames, double *moments)
{
    enum { FEW = 64, STRIDE = 8 }; /* frames: neighbouring ones are strongly correlated */
    const size_t inputs = tc_shard_arch(shard)->layer[l - 1].hidden;
    const size_t units = tc_shard_units(shard, l - 1), stride = n_frames < FEW ? 1 : STRIDE;

    for (size_t t = 0; t < n_frames; t += stride)
        tc_moments_add(moments, inputs,
                       tc_shard_layer_output(shard, l - 1, t + 1) + sequence * units);
}
