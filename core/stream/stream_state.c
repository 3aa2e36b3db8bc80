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
        const size_t offset = from_channel * source->packed.units;

        set_channel(&stream->layer[l], channel, source->h + offset, source->c + offset);
    }
}

/* Checks the padding as well: the readout reads it. */
static bool channel_is_finite(const struct tc_stream *stream, unsigned channel)
{
    for (unsigned l = 0; l < stream->model->arch.layers; ++l) {
        const struct stream_layer *const layer = &stream->layer[l];
        const size_t n = layer->packed.units, offset = channel * n;

        if (!all_finite(layer->h + offset, n) || !all_finite(layer->c + offset, n))
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
