#include "player/resampler.h"

#include "model/model.h"

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

static size_t to_model(struct tc_converter *converter, const float *const *in, size_t n_frames,
                       float *const *out)
{
    return tc_rate_filter_process(&((struct tc_resampler *)converter)->to_model, in, n_frames, out);
}

static size_t to_host(struct tc_converter *converter, const float *const *in, size_t n_frames,
                      float *const *out)
{
    return tc_rate_filter_process(&((struct tc_resampler *)converter)->to_host, in, n_frames, out);
}

static void reset(struct tc_converter *converter)
{
    struct tc_resampler *const resampler = (struct tc_resampler *)converter;

    tc_rate_filter_reset(&resampler->to_model);
    tc_rate_filter_reset(&resampler->to_host);
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
    struct tc_resampler *const to = (struct tc_resampler *)converter;
    const struct tc_resampler *const other = (const struct tc_resampler *)from;

    copy_rows(&to->to_model, channel, &other->to_model, from_channel, to->inputs);
    copy_rows(&to->to_host, channel, &other->to_host, from_channel, to->outputs);
}

/* Host frame t has come back when the model's frames up to half of to_host after it are there, for
 * which the host's up to half of to_model after them have to be. */
static struct tc_converter_size size_of(const struct tc_rate_filter *to_model,
                                        const struct tc_rate_filter *to_host)
{
    const double model_frames = (double)to_model->up / to_model->down;

    return (struct tc_converter_size){
        .pending_frames = to_model->half + (unsigned)ceil((double)to_host->half / model_frames),
        .model_frames = (unsigned)ceil(TC_PLAYER_BLOCK * model_frames) + 1};
}

static void lay_out(struct tc_resampler *resampler, struct tc_carver *carver)
{
    tc_rate_filter_lay_out(&resampler->to_model, carver);
    tc_rate_filter_lay_out(&resampler->to_host, carver);
}

static bool allocate(struct tc_resampler *resampler)
{
    struct tc_carver carver = {0};

    lay_out(resampler, &carver);
    resampler->memory = tc_floats_new(carver.used);
    if (!resampler->memory)
        return false;
    carver = (struct tc_carver){.base = resampler->memory};
    lay_out(resampler, &carver);
    return true;
}

enum tc_status tc_resampler_new(struct tc_resampler **resampler, const struct tc_model *model,
                                unsigned channels, double rate_hz, struct tc_error *error)
{
    struct tc_resampler *const created = calloc(1, sizeof *created);
    const double model_rate_hz = model->meta.sample_rate_hz;
    unsigned up, down;

    if (!created)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a resampler");
    ratio_of(model_rate_hz / rate_hz, &up, &down);
    created->inputs = model->arch.audio_inputs;
    created->outputs = model->arch.outputs;
    tc_rate_filter_init(&created->to_model, up, down, channels * created->inputs, TC_PLAYER_BLOCK);
    tc_rate_filter_init(&created->to_host, down, up, channels * created->outputs,
                        (size_t)ceil((double)TC_PLAYER_BLOCK * up / down) + 1);
    created->base = (struct tc_converter){.size = size_of(&created->to_model, &created->to_host),
                                          .model_rate_hz = model_rate_hz,
                                          .to_model = to_model,
                                          .to_host = to_host,
                                          .reset = reset,
                                          .copy_channel = copy_channel};
    if (!allocate(created)) {
        tc_resampler_free(created);
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a resampler from %g to %g Hz",
                       rate_hz, model_rate_hz);
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
    free(resampler);
}
