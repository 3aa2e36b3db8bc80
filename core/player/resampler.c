#include "player/resampler.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ the ratio of the rates */

/* The fraction up / down of the least terms within 1e-9 of a ratio: by continued fractions. */
static void ratio_of(double ratio, unsigned *up, unsigned *down)
{
    static const double MAX_TERM = 1 << 24, TOLERANCE = 1e-9;
    double p = 1.0, q = 0.0, previous_p = 0.0, previous_q = 1.0, rest = ratio;

    for (;;) {
        const double whole = floor(rest);
        const double next_p = whole * p + previous_p, next_q = whole * q + previous_q;

        if (next_p > MAX_TERM || next_q > MAX_TERM)
            break;
        previous_p = p;
        previous_q = q;
        p = next_p;
        q = next_q;
        if (fabs(p / q - ratio) <= TOLERANCE * ratio || rest == whole)
            break;
        rest = 1.0 / (rest - whole);
    }
    *up = (unsigned)p;
    *down = (unsigned)q;
}

/* ------------------------------------------------------------------ the converter */

/* Deal the frames of a signal out to N signals, one after the other. */
static void deinterleave(const float *in, float *const *out, size_t stride, unsigned n_signals,
                         size_t n_frames)
{
    for (unsigned p = 0; p < n_signals; ++p)
        for (size_t t = 0; t < n_frames; ++t)
            out[p * stride][t] = in[t * n_signals + p];
}

static void interleave(const float *const *in, size_t stride, float *out, unsigned n_signals,
                       size_t n_frames)
{
    for (unsigned p = 0; p < n_signals; ++p)
        for (size_t t = 0; t < n_frames; ++t)
            out[t * n_signals + p] = in[p * stride][t];
}

/* Input i of a channel's N channels of the stream: [(channel * N + p) * inputs + i], p = 0 ... */
static size_t first_signal(unsigned row, unsigned of_channel, unsigned n_signals)
{
    return (size_t)(row / of_channel) * n_signals * of_channel + row % of_channel;
}

static size_t to_model(struct tc_converter *converter, const float *const *in, size_t n_frames,
                       float *const *out)
{
    struct tc_resampler *const r = (struct tc_resampler *)converter;
    const unsigned N = r->setting.oversampling, inputs = r->setting.inputs;
    const unsigned rows = r->setting.channels * inputs;
    size_t frames;

    if (N == 1)
        return tc_rate_filter_process(&r->to_model, in, n_frames, 0, out);
    frames =
        r->waiting + tc_rate_filter_process(&r->to_model, in, n_frames, r->waiting, r->high_in);
    r->waiting = frames % N;
    for (unsigned row = 0; row < rows; ++row) {
        float *const high = r->high_in[row];

        deinterleave(high, out + first_signal(row, inputs, N), inputs, N, frames / N);
        memmove(high, high + frames - r->waiting, r->waiting * sizeof *high);
    }
    return frames / N;
}

static size_t to_host(struct tc_converter *converter, const float *const *in, size_t n_frames,
                      float *const *out)
{
    struct tc_resampler *const r = (struct tc_resampler *)converter;
    const unsigned N = r->setting.oversampling, outputs = r->setting.outputs;
    const unsigned rows = r->setting.channels * outputs;

    if (N == 1)
        return tc_rate_filter_process(&r->to_host, in, n_frames, 0, out);
    for (unsigned row = 0; row < rows; ++row)
        interleave(in + first_signal(row, outputs, N), outputs, r->high_out[row], N, n_frames);
    return tc_rate_filter_process(&r->to_host, (const float *const *)r->high_out, N * n_frames, 0,
                                  out);
}

static void reset(struct tc_converter *converter)
{
    struct tc_resampler *const r = (struct tc_resampler *)converter;

    tc_rate_filter_reset(&r->to_model);
    tc_rate_filter_reset(&r->to_host);
    r->waiting = 0;
}

static void copy_rows(struct tc_rate_filter *filter, unsigned channel,
                      const struct tc_rate_filter *from, unsigned from_channel, unsigned rows)
{
    for (unsigned i = 0; i < rows; ++i)
        tc_fifo_copy_row(&filter->fifo, channel * rows + i, &from->fifo, from_channel * rows + i);
}

static void copy_channel(struct tc_converter *converter, unsigned channel,
                         const struct tc_converter *from, unsigned from_channel)
{
    struct tc_resampler *const r = (struct tc_resampler *)converter;
    const struct tc_resampler *const other = (const struct tc_resampler *)from;
    const unsigned inputs = r->setting.inputs;
    const size_t waiting = r->waiting < other->waiting ? r->waiting : other->waiting;

    copy_rows(&r->to_model, channel, &other->to_model, from_channel, inputs);
    copy_rows(&r->to_host, channel, &other->to_host, from_channel, r->setting.outputs);
    for (unsigned i = 0; waiting && i < inputs; ++i)
        memmove(r->high_in[channel * inputs + i], other->high_in[from_channel * inputs + i],
                waiting * sizeof(float));
}

/* ------------------------------------------------------------------ creation */

/* Frame t of the host lies at t r of the high rate, r its ratio. It comes back when that of to_host
 * is there up to t r + half, and up to N - 1 more to fill a frame of the model; for which the
 * host's are needed up to half of to_model after the same time. */
static struct tc_converter_size size_of(const struct tc_resampler *r, double ratio)
{
    const unsigned N = r->setting.oversampling;

    return (struct tc_converter_size){
        .pending_frames = r->to_model.half + (unsigned)((r->to_host.half + N - 1) / ratio),
        .oversampling = N,
        .model_frames = (unsigned)ceil(TC_PLAYER_BLOCK * ratio / N) + 1};
}

static void lay_out(struct tc_resampler *r, struct tc_carver *carver)
{
    const unsigned N = r->setting.oversampling, channels = r->setting.channels;
    const unsigned inputs = channels * r->setting.inputs, outputs = channels * r->setting.outputs;
    const size_t frames = N > 1 ? (size_t)(r->base.size.model_frames + 1) * N : 0;

    tc_rate_filter_lay_out(&r->to_model, carver);
    tc_rate_filter_lay_out(&r->to_host, carver);
    for (unsigned i = 0; i < inputs; ++i)
        r->high_in[i] = tc_carve(carver, frames);
    for (unsigned o = 0; o < outputs; ++o)
        r->high_out[o] = tc_carve(carver, frames);
}

static bool allocate(struct tc_resampler *r)
{
    const unsigned inputs = r->setting.channels * r->setting.inputs;
    const unsigned outputs = r->setting.channels * r->setting.outputs;
    struct tc_carver carver = {0};

    r->pointers = calloc(inputs + outputs, sizeof *r->pointers);
    if (!r->pointers)
        return false;
    r->high_in = r->pointers;
    r->high_out = r->pointers + inputs;
    lay_out(r, &carver);
    r->memory = tc_floats_new(carver.used);
    if (!r->memory)
        return false;
    carver = (struct tc_carver){.base = r->memory};
    lay_out(r, &carver);
    return true;
}

static void set_up(struct tc_resampler *r)
{
    const struct tc_resampler_setting *const s = &r->setting;
    const double high_rate_hz = s->model_rate_hz * s->oversampling;
    const double ratio = high_rate_hz / s->host_rate_hz;
    unsigned up, down;

    ratio_of(ratio, &up, &down);
    tc_rate_filter_init(&r->to_model, up, down, s->channels * s->inputs, TC_PLAYER_BLOCK);
    tc_rate_filter_init(&r->to_host, down, up, s->channels * s->outputs,
                        (size_t)ceil(TC_PLAYER_BLOCK * ratio) + s->oversampling);
    r->base = (struct tc_converter){.size = size_of(r, ratio),
                                    .model_rate_hz = s->model_rate_hz,
                                    .to_model = to_model,
                                    .to_host = to_host,
                                    .reset = reset,
                                    .copy_channel = copy_channel};
}

enum tc_status tc_resampler_new(struct tc_resampler **resampler,
                                const struct tc_resampler_setting *setting, struct tc_error *error)
{
    struct tc_resampler *const created = calloc(1, sizeof *created);

    if (created) {
        created->setting = *setting;
        set_up(created);
    }
    if (!created || !allocate(created)) {
        tc_resampler_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a resampler from %g to %g Hz",
                       setting->host_rate_hz, setting->model_rate_hz * setting->oversampling);
    }
    tc_rate_filter_fill(&created->to_model);
    tc_rate_filter_fill(&created->to_host);
    *resampler = created;
    return TC_OK;
}

void tc_resampler_free(struct tc_resampler *resampler)
{
    if (!resampler)
        return;
    free(resampler->memory);
    free(resampler->pointers);
    free(resampler);
}
