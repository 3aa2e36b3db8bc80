#include "cells/readout.h"
#include "decibel.h"
#include "finite.h"
#include "kernels/kernels.h"
#include "memory.h"
#include "model/model.h"
#include "model/network_input.h"
#include "stream/denormals.h"
#include "stream/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_FRAMES = 64,  /* at most; a layer runs over so many before the next one does */
    BLOCK_FLOATS = 4096 /* of one layer's states: what stays in the first cache beside weights */
};

/* A layer with the state of every channel, one channel after the other. */
struct stream_layer {
    struct tc_packed_layer packed;
    float *weights; /* what packed points into, and its threshold */
    float *threshold;
    float *h;                     /* (block + 1, channels, units): frame 0 is the state */
    float *c;                     /* (channels, units) of an LSTM */
    float *said;                  /* (block, channels, units): what it hands on, if that is not h */
    float *norm_gain, *norm_bias; /* (units), of layer normalisation */
    const float *h0, *c0;         /* (H) in the model's parameters */
};

struct tc_stream {
    const struct tc_model *model;
    const struct tc_kernels *k;
    enum tc_precision precision;
    unsigned channels;
    size_t block; /* frames */
    struct stream_layer layer[TC_MAX_LAYERS];
    float *readout_w;       /* (O, units) */
    const float *readout_b; /* (O) in the model's parameters */
    float *x;               /* (block, channels, audio inputs + knobs) the input after the gain */
    float *scratch;
    float in_gain, out_gain;
    bool hides_infinity; /* a state may be lost and the output finite */
    uint64_t frame, recoveries;
    float *memory;
};

/* ------------------------------------------------------------------ making */

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

/* So many frames that no layer's states of a block crowd the weights out of the cache. */
static size_t block_frames(const struct tc_stream *stream)
{
    size_t frames = BLOCK_FRAMES;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l)
        while (frames > 1 && frames * stream->channels * units(stream, l) > BLOCK_FLOATS)
            frames /= 2;
    return frames;
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
        layer->norm_gain = tc_carve(carver, arch->layer_norm ? units(stream, l) : 0);
        layer->norm_bias = tc_carve(carver, arch->layer_norm ? units(stream, l) : 0);
        if (tc_layer_is_residual(arch, l) || arch->layer_norm)
            layer->said = tc_carve(carver, stream->block * channels * units(stream, l));
        scratch = needed > scratch ? needed : scratch;
    }
    stream->readout_w = tc_carve(carver, arch->outputs * units(stream, arch->layers - 1));
    stream->x = tc_carve(carver, stream->block * channels * (arch->audio_inputs + arch->knobs));
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

/* Only these activations have no bounds, and the readout sees the last layer as it is (or NaN,
 * where an infinity was normalised): one in any layer below may reach it as a plain 1. */
static bool is_unbounded(const struct tc_layer *layer)
{
    return layer->activation == TC_RELU || layer->activation == TC_IDENTITY ||
           layer->activation == TC_MODRELU || layer->activation == TC_ELU;
}

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
    const char *const name = kernels ? kernels : getenv("TONECELL_KERNELS");
    const struct tc_kernels *const k = tc_kernels_find(name, tc_cpu_features());
    struct tc_stream *made;

    if (channels < 1 || channels > TC_MAX_CHANNELS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u channels, expected 1 to %d", channels,
                       TC_MAX_CHANNELS);
    if (kernels && !k)
        return tc_fail(error, TC_UNSUPPORTED, "no kernels '%s' on this CPU", kernels);
    made = calloc(1, sizeof *made);
    if (made) {
        made->model = model;
        /* A variable that names none is no reason to be silent in somebody's host. */
        made->k = k ? k : tc_kernels_find(NULL, tc_cpu_features());
        made->precision = precision;
        made->channels = channels;
        made->block = block_frames(made);
    }
    if (!made || allocate(made)) {
        tc_stream_free(made);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a stream of %u channels", channels);
    }
    made->in_gain = tc_gain_from_db(model->meta.in_gain_db);
    made->out_gain = tc_gain_from_db(model->meta.out_gain_db);
    made->hides_infinity = hides_infinity(&model->arch);
    pack(made);
    tc_stream_reset(made);
    *stream = made;
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

/* ------------------------------------------------------------------ state */

/* Its padding starts at 0 again: it may have become NaN, and nothing depends on it. */
static void set_state(float *state, const float *v, const struct tc_packed_layer *layer)
{
    memcpy(state, v, layer->hidden * sizeof *state);
    memset(state + layer->hidden, 0, (layer->units - layer->hidden) * sizeof *state);
}

/* c is read of an LSTM only. */
static void set_channel(struct stream_layer *layer, unsigned channel, const float *h,
                        const float *c)
{
    const size_t at = channel * layer->packed.units;

    set_state(layer->h + at, h, &layer->packed);
    if (tc_cell_has_c(layer->packed.cell))
        set_state(layer->c + at, c, &layer->packed);
}

static void reset_channel(struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l)
        set_channel(&stream->layer[l], channel, stream->layer[l].h0, stream->layer[l].c0);
}

void tc_stream_reset(struct tc_stream *stream)
{
    stream->frame = 0;
    for (unsigned channel = 0; channel < stream->channels; ++channel)
        reset_channel(stream, channel);
}

void tc_stream_copy_channel(struct tc_stream *stream, unsigned channel,
                            const struct tc_stream *from, unsigned from_channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const source = &from->layer[l];
        const size_t at = from_channel * source->packed.units;

        set_channel(&stream->layer[l], channel, source->h + at, source->c + at);
    }
}

/* In words as wide as floats, which makes vectors of the comparisons. */
static bool all_finite(const float *v, size_t n)
{
    uint32_t lost = 0;

    for (size_t i = 0; i < n; ++i)
        lost |= fabsf(v[i]) <= FLT_MAX ? 0u : 1u;
    return !lost;
}

/* Looks at the padding as well: the readout sees it. */
static bool channel_is_finite(const struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t n = layer->packed.units, at = channel * n;

        if (!all_finite(layer->h + at, n) || !all_finite(layer->c + at, n))
            return false;
    }
    return true;
}

static void guard(struct tc_stream *stream)
{
    for (unsigned channel = 0; channel < stream->channels; ++channel)
        if (!channel_is_finite(stream, channel)) {
            reset_channel(stream, channel);
            ++stream->recoveries;
        }
}

void tc_stream_store_state(const struct tc_stream *stream, float *parameters)
{
    const float *const p = stream->model->parameters;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t bytes = layer->packed.hidden * sizeof *parameters;

        memcpy(parameters + (layer->h0 - p), layer->h, bytes);
        if (tc_cell_has_c(layer->packed.cell))
            memcpy(parameters + (layer->c0 - p), layer->c, bytes);
    }
}

uint64_t tc_stream_recoveries(const struct tc_stream *stream)
{
    return stream->recoveries;
}

/* ------------------------------------------------------------------ a block of frames */

/* Floats of a frame of x for one channel. */
static size_t input_pitch(const struct tc_stream *stream)
{
    return stream->model->arch.audio_inputs + stream->model->arch.knobs;
}

/* n frames of all inputs, from `start` on, into x. */
static void gather(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                   size_t start, size_t n)
{
    const struct tc_model *const model = stream->model;
    const size_t audio = model->arch.audio_inputs, pitch = input_pitch(stream);
    const size_t frame = stream->channels * pitch;

    for (size_t i = 0; i < stream->channels * audio; ++i) {
        float *const x = stream->x + i / audio * pitch + i % audio;

        for (size_t t = 0; t < n; ++t)
            x[t * frame] = tc_audio_input(in[i][start + t], stream->in_gain);
    }
    for (size_t i = 0; i < model->arch.knobs; ++i)
        for (size_t t = 0; t < n; ++t) {
            const float v = tc_knob_input(&model->meta.knob[i], knobs[i][start + t]);

            for (size_t channel = 0; channel < stream->channels; ++channel)
                stream->x[t * frame + channel * pitch + audio + i] = v;
        }
}

/* What a layer hands on in a block of frames. */
static const float *handed_on(const struct tc_stream *stream, const struct stream_layer *layer)
{
    return layer->said ? layer->said : layer->h + stream->channels * layer->packed.units;
}

/* What a layer hands on that is not its h, in n frames; x is what it heard. */
static void hand_on(const struct tc_stream *stream, unsigned l, const float *x, size_t n)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const struct stream_layer *const layer = &stream->layer[l];
    const size_t units = layer->packed.units, rows = n * stream->channels;
    const float *const h = layer->h + stream->channels * units;
    const bool residual = tc_layer_is_residual(arch, l);
    const struct tc_norm_args args = {.hidden = layer->packed.hidden,
                                      .units = units,
                                      .gain = layer->norm_gain,
                                      .bias = layer->norm_bias,
                                      .n = rows,
                                      .s = residual ? layer->said : h,
                                      .o = layer->said};

    for (size_t i = 0; residual && i < rows * units; ++i)
        layer->said[i] = h[i] + x[i];
    if (arch->layer_norm)
        stream->k->norm(&args);
}

static void run_layers(struct tc_stream *stream, size_t n)
{
    const float *x = stream->x;
    size_t x_pitch = input_pitch(stream);

    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const struct tc_forward_args args = {.layer = &layer->packed,
                                             .n_frames = n,
                                             .x = x,
                                             .x_pitch = x_pitch,
                                             .h = layer->h,
                                             .c = layer->c,
                                             .scratch = stream->scratch};

        stream->k->forward(&args);
        if (layer->said)
            hand_on(stream, l, x, n);
        x_pitch = layer->packed.units;
        x = handed_on(stream, layer);
    }
}

static bool is_lost(const struct tc_stream *stream, size_t t, size_t channel)
{
    for (unsigned l = 0; l + 1 < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t at = ((t + 1) * stream->channels + channel) * layer->packed.units;

        if (is_unbounded(&stream->model->arch.layer[l]) &&
            !all_finite(layer->h + at, layer->packed.hidden))
            return true;
    }
    return false;
}

/* y = W h + b + direct x, n frames of a channel's output o. */
static void read_out(const struct tc_stream *stream, size_t channel, size_t o, float *y, size_t n)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const struct stream_layer *const last = &stream->layer[arch->layers - 1];
    const size_t units = last->packed.units, pitch = input_pitch(stream);
    const float *const x = stream->x + channel * pitch + o;

    stream->k->readout(y, stream->readout_w + o * units, handed_on(stream, last) + channel * units,
                       stream->channels * units, stream->readout_b[o], units, n);
    if (arch->direct != 0.0f)
        for (size_t t = 0; t < n; ++t)
            y[t] += arch->direct * x[t * stream->channels * pitch];
}

static void emit_channel(const struct tc_stream *stream, size_t channel, float *const *out,
                         size_t start, size_t n)
{
    const struct tc_architecture *const arch = &stream->model->arch;

    for (size_t o = 0; o < arch->outputs; ++o)
        read_out(stream, channel, o, out[o] + start, n);
    if (arch->readout != TC_READOUT_LINEAR)
        tc_readout_apply(arch->readout, out, arch->outputs, start, n);
    for (size_t o = 0; o < arch->outputs; ++o)
        for (float *y = out[o] + start, *const end = y + n; y < end; ++y)
            *y = tc_finite_or_zero(stream->out_gain * *y);
    for (size_t t = 0; stream->hides_infinity && t < n; ++t)
        for (size_t o = 0; o < arch->outputs && is_lost(stream, t, channel); ++o)
            out[o][start + t] = 0.0f;
}

static void emit(const struct tc_stream *stream, float *const *out, size_t start, size_t n)
{
    for (size_t channel = 0; channel < stream->channels; ++channel)
        emit_channel(stream, channel, out + channel * stream->model->arch.outputs, start, n);
}

/* The state after n frames becomes the state before the next. */
static void carry(struct tc_stream *stream, size_t n)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const size_t floats = stream->channels * layer->packed.units;

        memcpy(layer->h, layer->h + n * floats, floats * sizeof *layer->h);
    }
}

/* Frames of the next block: no more than are left, and none beyond the guard's next look. */
static size_t next_block(const struct tc_stream *stream, size_t left)
{
    const size_t to_guard = TC_GUARD_FRAMES - (size_t)(stream->frame % TC_GUARD_FRAMES);
    const size_t n = left < to_guard ? left : to_guard;

    return n < stream->block ? n : stream->block;
}

void tc_stream_process(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                       float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    for (size_t start = 0, n; start < n_frames; start += n) {
        n = next_block(stream, n_frames - start);
        gather(stream, in, knobs, start, n);
        run_layers(stream, n);
        emit(stream, out, start, n);
        carry(stream, n);
        stream->frame += n;
        if (stream->frame % TC_GUARD_FRAMES == 0)
            guard(stream);
    }
    tc_denormals_restore(mode);
}
