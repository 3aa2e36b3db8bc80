#include "cells/cells.h"
#include "finite.h"
#include "memory.h"
#include "model/model.h"
#include "stream/denormals.h"
#include "stream/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer with the state of every channel, one channel after the other. */
struct stream_layer {
    struct tc_packed_layer packed;
    float *weights;       /* what packed points into */
    float *h, *c;         /* (channels, H); c of an LSTM only */
    const float *h0, *c0; /* (H) in the model's parameters */
};

struct tc_stream {
    const struct tc_model *model;
    const struct tc_kernels *k;
    unsigned channels;
    struct stream_layer layer[TC_MAX_LAYERS];
    const float *readout_w, *readout_b; /* (O, H), (O) in the model's parameters */
    float *u; /* (channels, audio inputs) the frame's input after the gain */
    float *x; /* (channels, audio inputs + knobs) what the first layer is given */
    float *z; /* scratch of the largest layer */
    float in_gain, out_gain;
    bool hides_infinity; /* a state may be lost and the output finite */
    uint64_t frame, recoveries;
    float *memory;
};

static size_t largest_scratch(const struct tc_architecture *arch)
{
    size_t largest = 0;

    for (unsigned l = 0; l < arch->layers; ++l) {
        const size_t scratch = tc_cell_scratch(arch->layer[l].cell, arch->layer[l].hidden);

        largest = scratch > largest ? scratch : largest;
    }
    return largest;
}

static void lay_out(struct tc_stream *stream, struct tc_carver *carver)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const size_t channels = stream->channels;

    for (unsigned l = 0; l < arch->layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const size_t n = arch->layer[l].hidden;

        layer->weights =
            tc_carve(carver, tc_packed_size(arch->layer[l].cell, tc_layer_inputs(arch, l), n));
        layer->h = tc_carve(carver, channels * n);
        layer->c = tc_carve(carver, channels * n);
    }
    stream->u = tc_carve(carver, channels * arch->audio_inputs);
    stream->x = tc_carve(carver, channels * (arch->audio_inputs + arch->knobs));
    stream->z = tc_carve(carver, channels * largest_scratch(arch));
}

static void pack(struct tc_stream *stream)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const float *const p = stream->model->parameters;
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;

    tc_parameter_offsets(arch, at, &readout);
    stream->readout_w = p + readout.w;
    stream->readout_b = p + readout.b;
    for (unsigned l = 0; l < arch->layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];

        tc_pack_layer(&layer->packed, layer->weights, &arch->layer[l], tc_layer_inputs(arch, l),
                      p + at[l].w_ih, p + at[l].w_hh, p + at[l].b_ih, p + at[l].b_hh);
        layer->h0 = p + at[l].h0;
        layer->c0 = p + at[l].c0;
    }
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

static float gain_from_db(float gain_db)
{
    return powf(10.0f, gain_db / 20.0f);
}

/* Only these activations have no bounds, and the readout sees the last layer as it is: an infinity
 * in any layer below may reach it as a plain 1. */
static bool hides_infinity(const struct tc_architecture *arch)
{
    for (unsigned l = 0; l + 1 < arch->layers; ++l)
        if (arch->layer[l].activation == TC_RELU || arch->layer[l].activation == TC_IDENTITY)
            return true;
    return false;
}

enum tc_status tc_stream_new(struct tc_stream **stream, const struct tc_model *model,
                             unsigned channels, struct tc_error *error)
{
    struct tc_stream *made;

    if (channels < 1 || channels > TC_MAX_CHANNELS)
        return tc_fail(error, TC_BAD_ARGUMENT, "%u channels, expected 1 to %d", channels,
                       TC_MAX_CHANNELS);
    made = calloc(1, sizeof *made);
    if (made) {
        made->model = model;
        made->k = &tc_kernels_c;
        made->channels = channels;
    }
    if (!made || allocate(made)) {
        tc_stream_free(made);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a stream of %u channels", channels);
    }
    made->in_gain = gain_from_db(model->meta.in_gain_db);
    made->out_gain = gain_from_db(model->meta.out_gain_db);
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

static void reset_channel(struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const size_t n = layer->packed.hidden;

        memcpy(layer->h + channel * n, layer->h0, n * sizeof *layer->h);
        if (layer->packed.cell == TC_CELL_LSTM)
            memcpy(layer->c + channel * n, layer->c0, n * sizeof *layer->c);
    }
}

void tc_stream_reset(struct tc_stream *stream)
{
    stream->frame = 0;
    for (unsigned channel = 0; channel < stream->channels; ++channel)
        reset_channel(stream, channel);
}

static bool all_finite(const float *v, size_t n)
{
    bool finite = true;

    for (size_t i = 0; i < n; ++i)
        finite &= fabsf(v[i]) <= FLT_MAX;
    return finite;
}

static bool channel_is_finite(const struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t n = layer->packed.hidden;

        if (!all_finite(layer->h + channel * n, n) || !all_finite(layer->c + channel * n, n))
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

/* Frame t of all inputs into u and x. */
static void gather(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                   size_t t)
{
    const struct tc_model *const model = stream->model;
    const size_t audio = model->arch.audio_inputs, n_knobs = model->arch.knobs;
    float knob[TC_MAX_KNOBS];
    float *x = stream->x, *u = stream->u;

    for (size_t i = 0; i < n_knobs; ++i)
        knob[i] = tc_knob_input(&model->meta.knob[i], knobs[i][t]);
    for (size_t channel = 0; channel < stream->channels; ++channel) {
        for (size_t a = 0; a < audio; ++a)
            *x++ = *u++ = stream->in_gain * tc_finite_or_zero(in[channel * audio + a][t]);
        memcpy(x, knob, n_knobs * sizeof *x);
        x += n_knobs;
    }
}

static void advance(struct tc_stream *stream)
{
    const struct tc_kernels *const k = stream->k;
    const float *x = stream->x;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];

        switch (layer->packed.cell) {
        case TC_CELL_RNN:
            tc_rnn_step(&layer->packed, k, x, layer->h, stream->z, stream->channels);
            break;
        case TC_CELL_LSTM:
            tc_lstm_step(&layer->packed, k, x, layer->h, layer->c, stream->z, stream->channels);
            break;
        case TC_CELL_GRU:
            tc_gru_step(&layer->packed, k, x, layer->h, stream->z, stream->channels);
            break;
        }
        x = layer->h;
    }
}

/* y = out_gain (W h + b + direct u) into frame t of all outputs. */
static void emit(struct tc_stream *stream, float *const *out, size_t t)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const struct stream_layer *const last = &stream->layer[arch->layers - 1];
    const size_t n = last->packed.hidden;

    for (unsigned channel = 0; channel < stream->channels; ++channel) {
        const bool lost = stream->hides_infinity && !channel_is_finite(stream, channel);

        for (size_t o = 0; o < arch->outputs; ++o) {
            float y = stream->k->readout(stream->readout_w + o * n, last->h + channel * n,
                                         stream->readout_b[o], n);

            if (arch->direct != 0.0f)
                y += arch->direct * stream->u[channel * arch->audio_inputs + o];
            out[channel * arch->outputs + o][t] =
                lost ? 0.0f : tc_finite_or_zero(stream->out_gain * y);
        }
    }
}

void tc_stream_process(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                       float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    for (size_t t = 0; t < n_frames; ++t) {
        gather(stream, in, knobs, t);
        advance(stream);
        emit(stream, out, t);
        if (++stream->frame % TC_GUARD_FRAMES == 0)
            guard(stream);
    }
    tc_denormals_restore(mode);
}

void tc_stream_store_state(const struct tc_stream *stream, float *parameters)
{
    const float *const p = stream->model->parameters;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t bytes = layer->packed.hidden * sizeof *parameters;

        memcpy(parameters + (layer->h0 - p), layer->h, bytes);
        if (layer->packed.cell == TC_CELL_LSTM)
            memcpy(parameters + (layer->c0 - p), layer->c, bytes);
    }
}

uint64_t tc_stream_recoveries(const struct tc_stream *stream)
{
    return stream->recoveries;
}
