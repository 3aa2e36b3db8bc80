#include "test_converters.h"

#include <string.h>

static struct test_converter *self(struct tc_converter *converter)
{
    return (struct test_converter *)converter;
}

static void reset(struct tc_converter *converter)
{
    struct test_converter *const c = self(converter);

    c->taken = c->delivered = 0;
    memset(c->in, 0, sizeof c->in);
    memset(c->out, 0, sizeof c->out);
}

static void copy_channel(struct tc_converter *converter, unsigned channel,
                         const struct tc_converter *from, unsigned from_channel)
{
    struct test_converter *const c = self(converter);
    const struct test_converter *const other = (const struct test_converter *)from;

    memcpy(&c->in[channel * c->inputs], &other->in[from_channel * c->inputs],
           c->inputs * sizeof *c->in);
    memcpy(&c->out[channel * c->outputs], &other->out[from_channel * c->outputs],
           c->outputs * sizeof *c->out);
}

static void init(struct test_converter *converter, const struct tc_model *model, unsigned channels,
                 double model_rate_hz)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    *converter = (struct test_converter){
        .base = {.model_rate_hz = model_rate_hz, .reset = reset, .copy_channel = copy_channel},
        .inputs = arch->audio_inputs,
        .outputs = arch->outputs,
        .n_inputs = channels * arch->audio_inputs,
        .n_outputs = channels * arch->outputs};
}

/* ------------------------------------------------------------------ twice the rate */

static size_t repeat(struct tc_converter *converter, const float *const *in, size_t n_frames,
                     float *const *out)
{
    for (unsigned i = 0; i < self(converter)->n_inputs; ++i)
        for (size_t t = 0; t < n_frames; ++t)
            out[i][2 * t] = out[i][2 * t + 1] = in[i][t];
    return 2 * n_frames;
}

static size_t decimate(struct tc_converter *converter, const float *const *in, size_t n_frames,
                       float *const *out)
{
    for (unsigned o = 0; o < self(converter)->n_outputs; ++o)
        for (size_t t = 0; t < n_frames / 2; ++t)
            out[o][t] = in[o][2 * t];
    return n_frames / 2;
}

void double_rate_init(struct test_converter *converter, const struct tc_model *model,
                      unsigned channels, double rate_hz)
{
    init(converter, model, channels, 2.0 * rate_hz);
    converter->base.size =
        (struct tc_converter_size){.oversampling = 1, .model_frames = 2 * TC_PLAYER_BLOCK};
    converter->base.to_model = repeat;
    converter->base.to_host = decimate;
}

/* ------------------------------------------------------------------ two thirds of the rate */

/* The input `delay` frames ago. */
static float delayed(struct converter_row *row, size_t frame, unsigned delay, float x)
{
    float *const oldest = &row->delay[delay ? frame % delay : 0];
    const float y = delay ? *oldest : x;

    *oldest = x;
    return y;
}

/* Write a group once it is complete; returns the number of frames written. */
static size_t take_frame(struct converter_row *row, size_t frame, unsigned delay, float x,
                         float *out)
{
    row->group[frame % GROUP_HOST_FRAMES] = delayed(row, frame, delay, x);
    if (frame % GROUP_HOST_FRAMES != GROUP_HOST_FRAMES - 1)
        return 0;
    out[0] = row->group[0];
    out[1] = row->group[2];
    return GROUP_MODEL_FRAMES;
}

static size_t shrink(struct tc_converter *converter, const float *const *in, size_t n_frames,
                     float *const *out)
{
    struct test_converter *const c = self(converter);
    size_t given = 0;

    for (unsigned i = 0; i < c->n_inputs; ++i) {
        given = 0;
        for (size_t t = 0; t < n_frames; ++t)
            given += take_frame(&c->in[i], c->taken + t, converter->size.delay_frames, in[i][t],
                                out[i] + given);
    }
    c->taken += n_frames;
    return given;
}

static size_t stretch(struct tc_converter *converter, const float *const *in, size_t n_frames,
                      float *const *out)
{
    struct test_converter *const c = self(converter);
    size_t given = 0;

    for (unsigned o = 0; o < c->n_outputs; ++o) {
        given = 0;
        for (size_t t = 0; t < n_frames; ++t) {
            c->out[o].group[(c->delivered + t) % GROUP_MODEL_FRAMES] = in[o][t];
            if ((c->delivered + t) % GROUP_MODEL_FRAMES == 0)
                continue;
            out[o][given++] = c->out[o].group[0];
            out[o][given++] = c->out[o].group[1];
            out[o][given++] = c->out[o].group[1];
        }
    }
    c->delivered += n_frames;
    return given;
}

void two_thirds_init(struct test_converter *converter, const struct tc_model *model,
                     unsigned channels, double rate_hz, unsigned delay)
{
    init(converter, model, channels, rate_hz * GROUP_MODEL_FRAMES / GROUP_HOST_FRAMES);
    converter->base.size = (struct tc_converter_size){.delay_frames = delay,
                                                      .oversampling = 1,
                                                      .pending_frames = GROUP_HOST_FRAMES - 1,
                                                      .model_frames = TC_PLAYER_BLOCK};
    converter->base.to_model = shrink;
    converter->base.to_host = stretch;
}
