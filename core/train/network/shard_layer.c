#include "train/network/shard_layer.h"

#include <string.h>

struct tc_rows tc_shard_rows(const struct tc_shard *shard, float *signal, size_t rows, size_t t)
{
    return (struct tc_rows){signal + t, 1, rows * shard->pitch, shard->pitch};
}

float *tc_shard_layer_output(const struct tc_shard *shard, unsigned l, size_t t)
{
    const struct tc_shard_layer *const layer = &shard->layer[l];

    return (layer->output ? layer->output : layer->h) + t * tc_shard_frame_floats(shard, l);
}

/* The network's input, or the output of the layer below, before dropout. */
static struct tc_rows layer_input(const struct tc_shard *shard, unsigned l, size_t t)
{
    if (!l)
        return tc_shard_rows(shard, shard->x, tc_shard_input_rows(shard), t);
    return (struct tc_rows){tc_shard_layer_output(shard, l - 1, t + 1),
                            tc_shard_frame_floats(shard, l - 1), tc_shard_units(shard, l - 1), 1};
}

static struct tc_layer_block layer_at(const struct tc_shard *shard, unsigned l,
                                      struct tc_block block)
{
    const struct tc_shard_layer *const memory = &shard->layer[l];
    const size_t state_at = block.start * tc_shard_frame_floats(shard, l);
    struct tc_layer_block layer = tc_shard_shape(shard, l);

    layer.n_frames = block.count;
    layer.x = layer_input(shard, l, block.start);
    layer.gates =
        memory->gates + block.start * shard->sequences * shard->weights->k->gates_floats(&layer);
    layer.h = memory->h + state_at;
    layer.c = tc_cell_has_c(layer.cell) ? memory->c + state_at : NULL;
    layer.threshold = shard->weights->layer[l].threshold;
    layer.threshold_gradient = memory->threshold_gradient;
    layer.dh = shard->dh;
    layer.dz = memory->dz;
    layer.carried_gradient = memory->carried_gradient;
    layer.scaled_gradient = shard->scaled_gradient;
    return layer;
}

bool tc_shard_has_dropout(const struct tc_shard *shard, unsigned l)
{
    return l > 0 && shard->dropout.probability > 0.0f;
}

void tc_shard_apply_dropout(const struct tc_shard *shard, unsigned l, struct tc_block block,
                            float *values)
{
    const size_t units = tc_shard_units(shard, l - 1);

    for (size_t t = block.start; t < block.start + block.count; ++t)
        for (size_t sequence = 0; sequence < shard->sequences; ++sequence, values += units)
            tc_dropout_apply(&shard->dropout, values, units, l, sequence, t);
}

struct tc_layer_block tc_shard_layer_block(const struct tc_shard *shard, unsigned l,
                                           struct tc_block block)
{
    struct tc_layer_block layer = layer_at(shard, l, block);
    float *const input = shard->input_after_dropout;

    if (tc_shard_has_dropout(shard, l)) {
        memcpy(input, layer.x.at, block.count * layer.x.frame * sizeof *input);
        tc_shard_apply_dropout(shard, l, block, input);
        layer.x.at = input;
    }
    return layer;
}

void tc_shard_residual_sum(const struct tc_shard *shard, unsigned l, struct tc_block block,
                           float *sum)
{
    const float *const h = shard->layer[l].h + (block.start + 1) * tc_shard_frame_floats(shard, l);
    const float *const x = tc_layer_is_residual(tc_shard_arch(shard), l)
                               ? tc_shard_layer_output(shard, l - 1, block.start + 1)
                               : NULL;

    for (size_t i = 0; i < tc_shard_block_floats(shard, l, block); ++i)
        sum[i] = x ? h[i] + x[i] : h[i];
}

struct tc_layer_block tc_shard_readout_block(const struct tc_shard *shard, struct tc_block block)
{
    const unsigned last = tc_shard_arch(shard)->layers - 1;
    struct tc_layer_block layer = layer_at(shard, last, block);

    layer.h = tc_shard_layer_output(shard, last, block.start);
    return layer;
}
