#include "cells/norm.h"
#include "train/network/shard.h"

/* y += direct u, input o to output o. */
static void add_direct(struct tc_shard *shard, struct tc_block block)
{
    const float direct = tc_shard_arch(shard)->direct;

    for (unsigned sequence = 0; direct != 0.0f && sequence < shard->sequences; ++sequence)
        for (unsigned o = 0; o < tc_shard_arch(shard)->outputs; ++o) {
            const float *const u = tc_shard_input(shard, sequence, o) + block.start;
            float *const y = (float *)tc_shard_output(shard, sequence, o) + block.start;

            for (size_t t = 0; t < block.count; ++t)
                y[t] += direct * u[t];
        }
}

static void hand_on(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    const struct tc_weights_layer *const weights = &shard->weights->layer[l];
    float *const said = tc_shard_layer_output(shard, l, block.start + 1);

    tc_shard_residual_sum(shard, l, block, said);
    for (size_t i = 0; weights->norm_gain && i < tc_shard_block_floats(shard, l, block);
         i += tc_shard_units(shard, l))
        tc_norm_apply(said + i, said + i, weights->norm_gain, weights->norm_bias,
                      weights->from.hidden);
}

static void forward_block(struct tc_shard *shard, struct tc_block block)
{
    const struct tc_weights *const weights = shard->weights;
    const struct tc_layer_kernels *const k = weights->k;
    const size_t outputs = tc_shard_arch(shard)->outputs;
    struct tc_layer_block layer;

    for (unsigned l = 0; l < tc_shard_arch(shard)->layers; ++l) {
        layer = tc_shard_layer_block(shard, l, block);
        k->forward(&layer, weights->layer[l].forward);
        if (shard->layer[l].said)
            hand_on(shard, l, block);
    }
    layer = tc_shard_readout_block(shard, block);
    k->readout(&layer, weights->readout, weights->bias, outputs,
               tc_shard_rows(shard, shard->y, outputs, block.start));
    add_direct(shard, block);
}

void tc_shard_forward(struct tc_shard *shard, unsigned n_frames)
{
    for (size_t t = 0; t < n_frames; t += TC_BLOCK_FRAMES) {
        const size_t left = n_frames - t;

        forward_block(shard, (struct tc_block){t, left < TC_BLOCK_FRAMES ? left : TC_BLOCK_FRAMES});
    }
}

void tc_shard_add_moments(const struct tc_shard *shard, unsigned l, unsigned sequence,
                          unsigned n_frames, double *moments)
{
    enum { FEW = 64, STRIDE = 8 }; /* frames: those between them are much alike */
    const size_t inputs = tc_shard_arch(shard)->layer[l - 1].hidden;
    const size_t units = tc_shard_units(shard, l - 1), stride = n_frames < FEW ? 1 : STRIDE;

    for (size_t t = 0; t < n_frames; t += stride)
        tc_moments_add(moments, inputs,
                       tc_shard_layer_output(shard, l - 1, t + 1) + sequence * units);
}
