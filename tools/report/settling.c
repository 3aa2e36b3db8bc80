#include "config.h"
#include "report/settling.h"

#include "measurement/noise.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 256 };

static const double RECORDED_S = 2.0, BURST_S = 0.1;

/* A stream with its buffers, and its outputs since the silence began. */
struct settling_run {
    struct tc_stream *stream;
    unsigned inputs, outputs;
    float samples[TC_MAX_AUDIO][BLOCK], knobs[TC_MAX_KNOBS][BLOCK];
    const float *in[TC_MAX_AUDIO], *knob[TC_MAX_KNOBS];
    size_t n_blocks;
    float *output; /* (n_blocks, outputs, BLOCK) */
};

static void play(struct settling_run *r, float *to)
{
    float *out[TC_MAX_AUDIO];

    for (unsigned o = 0; o < r->outputs; ++o)
        out[o] = to + (size_t)o * BLOCK;
    tc_stream_process(r->stream, r->in, r->knob, out, BLOCK);
}

/* Play the burst: noise within +-1. Its output is overwritten; the input is silent again after. */
static void burst(struct settling_run *r, double rate_hz)
{
    uint32_t random = 1;

    for (double frame = 0.0; frame < BURST_S * rate_hz; frame += BLOCK) {
        for (unsigned a = 0; a < r->inputs; ++a) {
            noise_fill(r->samples[a], BLOCK, &random);
            for (unsigned i = 0; i < BLOCK; ++i)
                r->samples[a][i] *= 2.0f;
        }
        play(r, r->output);
    }
    for (unsigned a = 0; a < r->inputs; ++a)
        for (unsigned i = 0; i < BLOCK; ++i)
            r->samples[a][i] = 0.0f;
}

/* Frames until an output is within SETTLED_WITHIN of its last sample for good. */
static size_t settled_at(const struct settling_run *r, unsigned output)
{
    const size_t stride = (size_t)r->outputs * BLOCK, last = r->n_blocks - 1;
    const float *const from = r->output + (size_t)output * BLOCK;
    const float end = from[last * stride + BLOCK - 1];
    size_t settled = 0;

    for (size_t b = 0; b < r->n_blocks; ++b)
        for (size_t i = 0; i < BLOCK; ++i)
            if (!(fabs((double)from[b * stride + i] - end) <= SETTLED_WITHIN))
                settled = b * BLOCK + i + 1;
    return settled;
}

/* Seconds until all outputs are settled. Within the last tenth of the run none counts as
 * settled, since it may still change after its end. */
static double record_silence(struct settling_run *r, double rate_hz)
{
    size_t settled = 0;

    for (size_t b = 0; b < r->n_blocks; ++b)
        play(r, r->output + b * r->outputs * BLOCK);
    for (unsigned o = 0; o < r->outputs; ++o) {
        const size_t at = settled_at(r, o);

        settled = at > settled ? at : settled;
    }
    return settled > r->n_blocks * BLOCK * 9 / 10 ? (double)NAN : (double)settled / rate_hz;
}

static enum tc_status prepare(struct settling_run *r, const struct tc_model *model, double rate_hz,
                              struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    r->inputs = arch->audio_inputs;
    r->outputs = arch->outputs;
    r->n_blocks = (size_t)(fmin(RECORDED_S * rate_hz, 1e6) / BLOCK) + 1;
    r->output = calloc(r->n_blocks * r->outputs, BLOCK * sizeof *r->output);
    if (!r->output)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    for (unsigned a = 0; a < TC_MAX_AUDIO; ++a)
        r->in[a] = r->samples[a];
    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        r->knob[k] = r->knobs[k];
        for (unsigned i = 0; i < BLOCK; ++i)
            r->knobs[k][i] = tc_model_metadata(model)->knob[k].initial;
    }
    return tc_stream_new(&r->stream, model, 1, error);
}

enum tc_status settling_measure(const struct tc_model *model, double rate_hz,
                                struct settling *settling, struct tc_error *error)
{
    struct settling_run *const r = calloc(1, sizeof *r);
    enum tc_status status;

    if (!r)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    status = prepare(r, model, rate_hz, error);
    if (status == TC_OK) {
        settling->start_s = record_silence(r, rate_hz);
        burst(r, rate_hz);
        settling->burst_s = record_silence(r, rate_hz);
    }
    tc_stream_free(r->stream);
    free(r->output);
    free(r);
    return status;
}
