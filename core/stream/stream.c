/** @file
 *  Processing: blocks of frames through the layers and the readout of a model. */
#include "cells/output_activation.h"
#include "model/embedding.h"
#include "model/network_input.h"
#include "stream/denormals.h"
#include "stream/stream_state.h"

#include <string.h>

/* Write n frames of a channel's symbols, from the first on, as vectors to x. */
static void read_symbols(const struct tc_stream *stream, const float *symbol, float *x, size_t n)
{
    static const float none[TC_MAX_UNITS];
    const struct tc_architecture *const arch = &stream->model->arch;
    const size_t frame = stream->channels * stream->inputs;

    for (size_t t = 0; t < n; ++t, x += frame) {
        const ptrdiff_t e = tc_embedding_offset(arch, symbol[t]);

        memcpy(x, e < 0 ? none : stream->model->parameters + e, arch->embedding * sizeof *x);
    }
}

/* Write n frames of all inputs, from `start` on, to x. */
static void read_inputs(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                        size_t start, size_t n)
{
    const struct tc_model *const model = stream->model;
    const size_t audio = model->arch.audio_inputs, pitch = stream->inputs;
    const size_t frame = stream->channels * pitch, buffers = stream->buffers;

    for (size_t i = 0; i < stream->channels * audio; ++i) {
        const float *const from = in[i / audio * buffers + i % audio] + start;
        float *const x = stream->x + i / audio * pitch + i % audio;
        const float gain =
            tc_audio_input_gain(&model->arch, &model->meta, i % audio, stream->in_gain);

        if (model->control_is_knob && i % audio == 1)
            for (size_t t = 0; t < n; ++t)
                x[t * frame] = tc_knob_input(&model->control, from[t]);
        else
            for (size_t t = 0; t < n; ++t)
                x[t * frame] = tc_audio_input(from[t], gain);
    }
    for (size_t channel = 0; model->arch.symbols && channel < stream->channels; ++channel)
        read_symbols(stream, in[channel * buffers + audio] + start,
                     stream->x + channel * pitch + audio + model->arch.knobs, n);
    for (size_t i = 0; i < model->arch.knobs; ++i)
        for (size_t t = 0; t < n; ++t) {
            const float v = tc_knob_input(&model->meta.knob[i], knobs[i][start + t]);

            for (size_t channel = 0; channel < stream->channels; ++channel)
                stream->x[t * frame + channel * pitch + audio + i] = v;
        }
}

/* A layer's output in a block of frames. */
static const float *layer_output(const struct tc_stream *stream, const struct stream_layer *layer)
{
    return layer->output ? layer->output : layer->h + stream->channels * layer->packed.units;
}

/* The output of n frames of a layer where that is not h; x is the layer's input. */
static void write_layer_output(const struct tc_stream *stream, unsigned l, const float *x, size_t n)
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
                                      .s = residual ? layer->output : h,
                                      .o = layer->output};

    for (size_t i = 0; residual && i < rows * units; ++i)
        layer->output[i] = h[i] + x[i];
    if (arch->layer_norm)
        stream->k->norm(&args);
}

/* v = sum_k l_k past[t - k] */
static void interpolate(const struct tc_recurrence_delay *delay, const float *past, size_t floats,
                        float *v)
{
    const float *const newest = past - delay->first * floats;

    for (size_t i = 0; i < floats; ++i)
        v[i] = delay->weight[0] * newest[i];
    for (size_t k = 1; k < delay->taps; ++k)
        for (size_t i = 0; i < floats; ++i)
            v[i] += delay->weight[k] * newest[i - k * floats];
}

/* As the kernels' forward(), whose state before each frame is the last one's, with the delayed one
 * instead: frame by frame. */
static void forward_delayed(const struct tc_stream *stream, struct stream_layer *layer,
                            const struct tc_forward_args *block)
{
    const size_t past = tc_recurrence_delay_frames(&stream->delay);
    const size_t floats = stream->channels * layer->packed.units, bytes = floats * sizeof(float);
    const bool has_c = tc_cell_has_c(layer->packed.cell);
    struct tc_forward_args frame = *block;

    frame.n_frames = 1;
    frame.h = layer->step_h;
    for (size_t t = 0; t < block->n_frames; ++t) {
        float *const h = layer->past_h + (past + t) * floats;
        float *const c = layer->past_c + (past + t) * floats;

        interpolate(&stream->delay, h, floats, frame.h);
        if (has_c)
            interpolate(&stream->delay, c, floats, frame.c);
        stream->k->forward(&frame);
        memcpy(h, frame.h + floats, bytes);
        memcpy(block->h + (t + 1) * floats, h, bytes);
        if (has_c)
            memcpy(c, frame.c, bytes);
        frame.x += stream->channels * block->x_pitch;
    }
    memmove(layer->past_h, layer->past_h + block->n_frames * floats, past * bytes);
    memmove(layer->past_c, layer->past_c + block->n_frames * floats, past * bytes);
}

static void forward_layers(struct tc_stream *stream, size_t n)
{
    const float *x = stream->x;
    size_t x_pitch = stream->inputs;

    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const struct tc_forward_args args = {.layer = &layer->packed,
                                             .n_frames = n,
                                             .x = x,
                                             .x_pitch = x_pitch,
                                             .h = layer->h,
                                             .c = layer->c,
                                             .scratch = stream->scratch};

        if (stream->delay.taps)
            forward_delayed(stream, layer, &args);
        else
            stream->k->forward(&args);
        if (layer->output)
            write_layer_output(stream, l, x, n);
        x_pitch = layer->packed.units;
        x = layer_output(stream, layer);
    }
}

/* Is the state of an unbounded layer below the last infinite or NaN after frame t? */
static bool is_infinite_below(const struct tc_stream *stream, size_t t, size_t channel)
{
    for (unsigned l = 0; l + 1 < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t offset = ((t + 1) * stream->channels + channel) * layer->packed.units;

        if (is_unbounded(&stream->model->arch.layer[l]) &&
            !all_finite(layer->h + offset, layer->packed.hidden))
            return true;
    }
    return false;
}

/* y = W h + b + direct x, n frames of a channel's output o. */
static void read_out(const struct tc_stream *stream, size_t channel, size_t o, float *y, size_t n)
{
    const struct tc_architecture *const arch = &stream->model->arch;
    const struct stream_layer *const last = &stream->layer[arch->layers - 1];
    const size_t units = last->packed.units, pitch = stream->inputs;
    const float *const x = stream->x + channel * pitch + o;

    stream->k->readout(y, stream->readout_w + o * units,
                       layer_output(stream, last) + channel * units, stream->channels * units,
                       stream->readout_b[o], units, n);
    if (arch->direct != 0.0f)
        for (size_t t = 0; t < n; ++t)
            y[t] += arch->direct * x[t * stream->channels * pitch];
}

static void silence(float *const *out, size_t outputs, size_t frame)
{
    for (size_t o = 0; o < outputs; ++o)
        out[o][frame] = 0.0f;
}

static void write_channel(const struct tc_stream *stream, size_t channel, float *const *out,
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
        if (is_infinite_below(stream, t, channel))
            silence(out, arch->outputs, start + t);
}

static void write_outputs(const struct tc_stream *stream, float *const *out, size_t start, size_t n)
{
    for (size_t channel = 0; channel < stream->channels; ++channel)
        write_channel(stream, channel, out + channel * stream->model->arch.outputs, start, n);
}

/* The state after n frames becomes the state before the next. */
static void keep_last_state(struct tc_stream *stream, size_t n)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];
        const size_t floats = stream->channels * layer->packed.units;

        memcpy(layer->h, layer->h + n * floats, floats * sizeof *layer->h);
    }
}

/* Frames of the next block, up to the next check of the states. */
static size_t next_block(const struct tc_stream *stream, size_t remaining)
{
    const size_t to_check = TC_GUARD_FRAMES - (size_t)(stream->frame % TC_GUARD_FRAMES);
    const size_t n = remaining < to_check ? remaining : to_check;

    return n < stream->block ? n : stream->block;
}

void tc_stream_process(struct tc_stream *stream, const float *const *in, const float *const *knobs,
                       float *const *out, size_t n_frames)
{
    const uint64_t mode = tc_denormals_off();

    for (size_t start = 0, n; start < n_frames; start += n) {
        n = next_block(stream, n_frames - start);
        read_inputs(stream, in, knobs, start, n);
        forward_layers(stream, n);
        write_outputs(stream, out, start, n);
        keep_last_state(stream, n);
        stream->frame += n;
        if (stream->frame % TC_GUARD_FRAMES == 0)
            tc_stream_recover(stream);
    }
    tc_denormals_restore(mode);
}
