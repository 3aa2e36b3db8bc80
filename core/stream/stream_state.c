/** @file
 *  The state of a stream's channels: reset, copy, store, and recovery from NaN and infinities. */
#include "stream/stream.h"
#include "stream/stream_state.h"

#include <string.h>

/* The padding is cleared: it may have become NaN. */
static void set_state(float *state, const float *v, const struct tc_packed_layer *layer)
{
    memcpy(state, v, layer->hidden * sizeof *state);
    memset(state + layer->hidden, 0, (layer->units - layer->hidden) * sizeof *state);
}

/* c is read of an LSTM only. */
static void set_channel(struct stream_layer *layer, unsigned channel, const float *h,
                        const float *c)
{
    const size_t offset = channel * layer->packed.units;

    set_state(layer->h + offset, h, &layer->packed);
    if (tc_cell_has_c(layer->packed.cell))
        set_state(layer->c + offset, c, &layer->packed);
}

/* All frames of the past that a delay reads, as if the state had been constant. */
static void set_past(const struct tc_stream *stream, const struct stream_layer *layer,
                     unsigned channel)
{
    const size_t units = layer->packed.units, offset = channel * units;

    for (size_t t = 0; t < tc_recurrence_delay_frames(&stream->delay); ++t) {
        const size_t frame = (t * stream->channels + channel) * units;

        memcpy(layer->past_h + frame, layer->h + offset, units * sizeof *layer->h);
        memcpy(layer->past_c + frame, layer->c + offset, units * sizeof *layer->c);
    }
}

static void reset_channel(struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        struct stream_layer *const layer = &stream->layer[l];

        set_channel(layer, channel, layer->h0, layer->c0);
        set_past(stream, layer, channel);
    }
}

void tc_stream_reset(struct tc_stream *stream)
{
    stream->frame = 0;
    for (unsigned channel = 0; channel < stream->channels; ++channel)
        reset_channel(stream, channel);
}

/* From a stream of the same delay. */
static void copy_past(struct tc_stream *stream, unsigned l, unsigned channel,
                      const struct tc_stream *from, unsigned from_channel)
{
    const struct stream_layer *const to = &stream->layer[l], *const source = &from->layer[l];
    const size_t units = to->packed.units;

    for (size_t t = 0; t < tc_recurrence_delay_frames(&stream->delay); ++t) {
        const size_t frame = (t * stream->channels + channel) * units;
        const size_t other = (t * from->channels + from_channel) * units;

        memmove(to->past_h + frame, source->past_h + other, units * sizeof *to->past_h);
        memmove(to->past_c + frame, source->past_c + other, units * sizeof *to->past_c);
    }
}

void tc_stream_copy_channel(struct tc_stream *stream, unsigned channel,
                            const struct tc_stream *from, unsigned from_channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const source = &from->layer[l];
        const size_t offset = from_channel * source->packed.units;

        set_channel(&stream->layer[l], channel, source->h + offset, source->c + offset);
        copy_past(stream, l, channel, from, from_channel);
    }
}

/* A frame that is not finite and not fed back yet counts, too. */
static bool past_is_finite(const struct tc_stream *stream, const struct stream_layer *layer,
                           unsigned channel)
{
    const size_t units = layer->packed.units;
    bool finite = true;

    for (size_t t = 0; t < tc_recurrence_delay_frames(&stream->delay); ++t) {
        const size_t frame = (t * stream->channels + channel) * units;

        finite &= all_finite(layer->past_h + frame, units);
        finite &= all_finite(layer->past_c + frame, units);
    }
    return finite;
}

/* Checks the padding as well: the readout reads it. */
static bool channel_is_finite(const struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t n = layer->packed.units, offset = channel * n;

        if (!all_finite(layer->h + offset, n) || !all_finite(layer->c + offset, n) ||
            !past_is_finite(stream, layer, channel))
            return false;
    }
    return true;
}

void tc_stream_recover(struct tc_stream *stream)
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
