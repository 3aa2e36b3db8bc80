/** @file
 *  Creating a stream: kernels, one allocation, packed weights. */
#include "decibel.h"
#include "memory.h"
#include "stream/stream.h"
#include "stream/stream_state.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_FRAMES = 64, /* at most; a layer processes a block of frames before the next layer does */
    BLOCK_FLOATS = 4096 /* of one layer's states: what stays in the first cache beside weights */
};

static struct tc_layer_weights layer_weights(const struct tc_stream *stream, unsigned index)
{
    const struct tc_model *const model = stream->model;
    const struct tc_layer *const layer = &model->arch.layer[index];
    const float *const p = model->parameters;
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(&model->arch, at, &readout);
    return (struct tc_layer_weights){.cell = layer->cell,
                                     .activation = layer->activation,
                                     .inputs = tc_layer_inputs(&model->arch, index),
                                     .hidden = layer->hidden,
                                     .precision = stream->precision,
                                     .w_ih = p + at[index].w_ih,
                                     .w_hh = p + at[index].w_hh,
                                     .b_ih = p + at[index].b_ih,
                                     .b_hh = p + at[index].b_hh,
                                     .peephole = p + at[index].peephole};
}

static size_t units(const struct tc_stream *stream, unsigned layer)
{
    return tc_kernels_units(stream->k, stream->model->arch.layer[layer].hidden);
}

/* Frames of a block: as many as leave room for the weights in the cache beside a layer's states. */
static size_t block_frames(const struct tc_stream *stream)
{
    size_t frames = BLOCK_FRAMES;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l)
        while (frames > 1 && frames * stream->channels * units(stream, l) > BLOCK_FLOATS)
            frames /= 2;
    return frames;
}

static void carve_past(const struct tc_stream *stream, struct stream_layer *layer,
                       struct tc_carver *carver, size_t floats)
{
    const size_t frames = tc_recurrence_delay_frames(&stream->delay) + stream->block;

    if (!stream->delay.taps)
        return;
    layer->past_h = tc_carve(carver, frames * floats);
    layer->past_c = tc_carve(carver, frames * floats);
    layer->step_h = tc_carve(carver, 2 * floats);
}

static void lay_out(struct tc_stream *stream, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const size_t channels = stream->channels;
    size_t scratch = 0;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const struct tc_layer_weights weights = layer_weights(stream, l);
        const size_t needed = stream->k->scratch(&weights, channels);
        struct stream_layer *const layer = &stream->layer[l];

        layer->weights = tc_carve(carver, stream->k->packed_size(&weights));
        layer->threshold =
            tc_carve(carver, weights.activation == TC_MODRELU ? units(stream, l) : 0);
        layer->h = tc_carve(carver, (stream->block + 1) * channels * units(stream, l));
        layer->c = tc_carve(carver, channels * units(stream, l));
        carve_past(stream, layer, carver, channels * units(stream, l));
        layer->norm_gain = tc_carve(carver, arch->layer_norm ? units(stream, l) : 0);
        layer->norm_bias = tc_carve(carver, arch->layer_norm ? units(stream, l) : 0);
        if (tc_layer_is_residual(arch, l) || arch->layer_norm)
            layer->output = tc_carve(carver, stream->block * channels * units(stream, l));
        scratch = needed > scratch ? needed : scratch;
    }
    stream->readout_w = tc_carve(carver, arch->outputs * units(stream, arch->layers - 1));
    stream->x = tc_carve(carver, stream->block * channels * stream->inputs);
    stream->scratch = tc_carve(carver, scratch);
}

static void pack_layer(struct tc_stream *stream, unsigned index)
{
    const struct tc_layer_weights weights = layer_weights(stream, index);
    struct stream_layer *const layer = &stream->layer[index];

    stream->k->pack(layer->weights, &weights);
    layer->packed = (struct tc_packed_layer){.cell = weights.cell,
                                             .activation = weights.activation,
                                             .inputs = weights.inputs,
                                             .hidden = weights.hidden,
                                             .units = units(stream, index),
                                             .precision = weights.precision,
                                             .channels = stream->channels,
                                             .weights = layer->weights,
                                             .threshold = layer->threshold};
    if (weights.activation == TC_MODRELU)
        memcpy(layer->threshold, weights.b_hh, weights.hidden * sizeof *weights.b_hh);
}

static void pack(struct tc_stream *stream)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const float *const p = stream->model->parameters;
    const size_t hidden = arch->layer[arch->layers - 1].hidden;
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, at, &readout);
    for (unsigned l = 0; l < arch->layers; ++l) {
        pack_layer(stream, l);
        stream->layer[l].h0 = p + at[l].h0;
        stream->layer[l].c0 = p + at[l].c0;
        if (arch->layer_norm) {
            const size_t bytes = arch->layer[l].hidden * sizeof *p;

            memcpy(stream->layer[l].norm_gain, p + at[l].norm_gain, bytes);
            memcpy(stream->layer[l].norm_bias, p + at[l].norm_bias, bytes);
        }
    }
    stream->readout_b = p + readout.b;
    for (unsigned o = 0; o < arch->outputs; ++o)
        memcpy(stream->readout_w + o * units(stream, arch->layers - 1), p + readout.w + o * hidden,
               hidden * sizeof *p);
}

static enum tc_status allocate(struct tc_stream *stream)
{
    struct tc_carver carver = {0};

    lay_out(stream, &carver);
    stream->memory = tc_floats_new(carver.used);
    if (!stream->memory)
        return TC_NO_MEMORY;
    carver = (struct tc_carver){.base = stream->memory};
    lay_out(stream, &carver);
    return TC_OK;
}

/* The readout sees the last layer as it is (or NaN, where an infinity was normalised): an infinity
 * in any layer below may reach it as a plain 1. */
static bool hides_infinity(const struct tc_architecture *arch)
{
    for (unsigned l = 0; l + 1 < arch->layers; ++l)
        if (is_unbounded(&arch->layer[l]))
            return true;
    return false;
}

enum tc_status tc_stream_new(struct tc_stream **stream, const struct tc_model *model,
                             unsigned channels, struct tc_error *error)
{
    return tc_stream_new_with(stream, model, channels, NULL, TC_PRECISION_FULL, error);
}

enum tc_status tc_stream_new_with(struct tc_stream **stream, const struct tc_model *model,
                                  unsigned channels, const char *kernels,
                                  enum tc_precision precision, struct tc_error *error)
{
    if (channels < 1 || channels > TC_MAX_CHANNELS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u channels, expected 1 to %d", channels,
                       TC_MAX_CHANNELS);
    return tc_stream_new_delayed(stream, model, channels, kernels, precision, NULL, error);
}

enum tc_status tc_stream_new_delayed(struct tc_stream **stream, const struct tc_model *model,
                                     unsigned channels, const char *kernels,
                                     enum tc_precision precision,
                                     const struct tc_recurrence_delay *delay,
                                     struct tc_error *error)
{
    const struct tc_kernels *const k =
        kernels ? tc_kernels_find(kernels, tc_cpu_features()) : tc_kernels_default();
    struct tc_stream *created;

    if (!k)
        return tc_fail(error, TC_UNSUPPORTED, "no kernels '%s' on this CPU", kernels);
    created = calloc(1, sizeof *created);
    if (created) {
        created->model = model;
        created->k = k;
        created->precision = precision;
        if (delay)
            created->delay = *delay;
        created->channels = channels;
        created->buffers = tc_input_buffers(&model->arch);
        created->inputs = tc_layer_inputs(&model->arch, 0);
        created->block = block_frames(created);
    }
    if (!created || allocate(created)) {
        tc_stream_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a stream of %u channels", channels);
    }
    created->in_gain = tc_gain_from_db(model->meta.in_gain_db);
    created->out_gain = tc_gain_from_db(model->meta.out_gain_db);
    created->hides_infinity = hides_infinity(&model->arch);
    pack(created);
    tc_stream_reset(created);
    *stream = created;
    return TC_OK;
}

void tc_stream_free(struct tc_stream *stream)
{
    if (!stream)
        return;
    free(stream->memory);
    free(stream);
}

const char *tc_stream_kernels(const struct tc_stream *stream)
{
    return stream->k->name;
}

const char *tc_kernels_name(unsigned index)
{
    const unsigned features = tc_cpu_features();

    for (const struct tc_kernels *const *k = tc_kernels_all; *k; ++k)
        if (!((*k)->needs & ~features) && index-- == 0)
            return (*k)->name;
    return NULL;
}
