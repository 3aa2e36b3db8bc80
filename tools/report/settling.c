#include "config.h"
#include "report/settling.h"

#include "bench/noise.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 256 };

static const double HEARD_S = 2.0, BURST_S = 0.1;

/* A stream with its buffers, and all that it gave since the silence began. */
struct hearing {
    struct tc_stream *stream;
    unsigned inputs, outputs;
    float samples[TC_MAX_AUDIO][BLOCK], knobs[TC_MAX_KNOBS][BLOCK];
    const float *in[TC_MAX_AUDIO], *knob[TC_MAX_KNOBS];
    size_t n_blocks;
    float *heard; /* (n_blocks, outputs, BLOCK) */
};

static void play(struct hearing *h, float *to)
{
    float *out[TC_MAX_AUDIO];

    for (unsigned o = 0; o < h->outputs; ++o)
        out[o] = to + (size_t)o * BLOCK;
    tc_stream_process(h->stream, h->in, h->knob, out, BLOCK);
}

/* Noise within +-1: the burst. What it gives is overwritten. */
static void burst(struct hearing *h, double rate_hz)
{
    uint32_t random = 1;

    for (double frame = 0.0; frame < BURST_S * rate_hz; frame += BLOCK) {
        for (unsigned a = 0; a < h->inputs; ++a) {
            noise_fill(h->samples[a], BLOCK, &random);
            for (unsigned i = 0; i < BLOCK; ++i)
                h->samples[a][i] *= 2.0f;
        }
        play(h, h->heard);
    }
    for (unsigned a = 0; a < h->inputs; ++a)
        for (unsigned i = 0; i < BLOCK; ++i)
            h->samples[a][i] = 0.0f;
}

/* Frames until one output is settled. */
static size_t settled_at(const struct hearing *h, unsigned output)
{
    const size_t pitch = (size_t)h->outputs * BLOCK, last = h->n_blocks - 1;
    const float *const from = h->heard + (size_t)output * BLOCK;
    const float end = from[last * pitch + BLOCK - 1];
    size_t settled = 0;

    for (size_t b = 0; b < h->n_blocks; ++b)
        for (size_t i = 0; i < BLOCK; ++i)
            if (!(fabs((double)from[b * pitch + i] - end) <= SETTLED_WITHIN))
                settled = b * BLOCK + i + 1;
    return settled;
}

/* Near the end of what was heard nothing is settled: it may still move. */
static double hear_silence(struct hearing *h, double rate_hz)
{
    size_t settled = 0;

    for (size_t b = 0; b < h->n_blocks; ++b)
        play(h, h->heard + b * h->outputs * BLOCK);
    for (unsigned o = 0; o < h->outputs; ++o) {
        const size_t at = settled_at(h, o);

        settled = at > settled ? at : settled;
    }
    return settled > h->n_blocks * BLOCK * 9 / 10 ? (double)NAN : (double)settled / rate_hz;
}

static enum tc_status prepare(struct hearing *h, const struct tc_model *model, double rate_hz,
                              struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    h->inputs = arch->audio_inputs;
    h->outputs = arch->outputs;
    h->n_blocks = (size_t)(fmin(HEARD_S * rate_hz, 1e6) / BLOCK) + 1;
    h->heard = calloc(h->n_blocks * h->outputs, BLOCK * sizeof *h->heard);
    if (!h->heard)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    for (unsigned a = 0; a < TC_MAX_AUDIO; ++a)
        h->in[a] = h->samples[a];
    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        h->knob[k] = h->knobs[k];
        for (unsigned i = 0; i < BLOCK; ++i)
            h->knobs[k][i] = tc_model_metadata(model)->knob[k].initial;
    }
    return tc_stream_new(&h->stream, model, 1, error);
}

enum tc_status settling_measure(const struct tc_model *model, double rate_hz,
                                struct settling *settling, struct tc_error *error)
{
    struct hearing *const h = calloc(1, sizeof *h);
    enum tc_status status;

    if (!h)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    status = prepare(h, model, rate_hz, error);
    if (status == TC_OK) {
        settling->start_s = hear_silence(h, rate_hz);
        burst(h, rate_hz);
        settling->burst_s = hear_silence(h, rate_hz);
    }
    tc_stream_free(h->stream);
    free(h->heard);
    free(h);
    return status;
}
