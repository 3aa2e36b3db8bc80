#include "train/network/shard.h"

#include <string.h>

struct tc_rows tc_shard_rows(const struct tc_shard *shard, float *signal, size_t rows, size_t t)
{
    return (struct tc_rows){signal + t, 1, rows * shard->pitch, shard->pitch};
}

float *tc_shard_layer_output(const struct tc_shard *shard, unsigned l, size_t t)
{
    const struct tc_shard_layer *const layer = &shard->layer[l];

    return (layer->said ? layer->said : layer->h) + t * shard->sequences * tc_shard_units(shard, l);
}

/* What a layer hears: the network's input, or what the layer below ends frames with. */
static struct tc_rows heard(const struct tc_shard *shard, unsigned l, size_t t)
{
    const size_t below = l ? tc_shard_units(shard, l - 1) : 0;

    if (!l)
        return tc_shard_rows(shard, shard->x, tc_shard_input_rows(shard), t);
    return (struct tc_rows){tc_shard_layer_output(shard, l - 1, t + 1), shard->sequences * below,
                            below, 1};
}

struct tc_layer_block tc_shard_shape(const struct tc_shard *shard, unsigned l)
{
    const struct tc_layer *const shape = &tc_shard_arch(shard)->layer[l];

    return (struct tc_layer_block){.cell = shape->cell,
                                   .activation = shape->activation,
                                   .inputs = tc_layer_inputs(tc_shard_arch(shard), l),
                                   .hidden = shape->hidden,
                                   .units = tc_shard_units(shard, l),
                                   .sequences = shard->sequences};
}

static struct tc_layer_block layer_at(const struct tc_shard *shard, unsigned l,
                                      struct tc_block block)
{
    const struct tc_shard_layer *const memory = &shard->layer[l];
    struct tc_layer_block layer = tc_shard_shape(shard, l);
    const size_t sequences = block.start * shard->sequences;

    layer.n_frames = block.count;
    layer.x = heard(shard, l, block.start);
    layer.gates = memory->gates + sequences * shard->weights->k->gates_floats(&layer);
    layer.h = memory->h + sequences * layer.units;
    layer.c = tc_cell_has_c(layer.cell) ? memory->c + sequences * layer.units : NULL;
    layer.threshold = shard->weights->layer[l].threshold;
    layer.threshold_gradient = memory->threshold_gradient;
    layer.dh = shard->dh;
    layer.dz = memory->dz;
    layer.carried_gradient = memory->carried_gradient;
    layer.scaled_gradient = shard->passed;
    return layer;
}

bool tc_shard_has_dropout(const struct tc_shard *shard, unsigned l)
{
    return l > 0 && shard->dropout.share > 0.0f;
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

    if (tc_shard_has_dropout(shard, l)) {
        memcpy(shard->left, layer.x.at, block.count * layer.x.frame * sizeof *shard->left);
        tc_shard_apply_dropout(shard, l, block, shard->left);
        layer.x.at = shard->left;
    }
    return layer;
}

size_t tc_shard_block_floats(const struct tc_shard *shard, unsigned l, struct tc_block block)
{
    return block.count * shard->sequences * tc_shard_units(shard, l);
}

void tc_shard_residual_sum(const struct tc_shard *shard, unsigned l, struct tc_block block,
                           float *sum)
{
    const size_t frame = shard->sequences * tc_shard_units(shard, l);
    const float *const h = shard->layer[l].h + (block.start + 1) * frame;
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
