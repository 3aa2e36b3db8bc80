#include "signals.h"

#include "allocate.h"
#include "splitmix.h"

#include <check.h>
#include <stdlib.h>

struct support_signals support_signals_new(unsigned rows, size_t frames)
{
    struct support_signals signals = {.rows = rows, .frames = frames};

    signals.samples = support_zeros(rows * frames, sizeof *signals.samples);
    return signals;
}

struct support_signals support_noise(unsigned rows, size_t frames, uint64_t seed, float amplitude)
{
    const struct support_signals signals = support_signals_new(rows, frames);
    struct support_random random = {seed};

    support_fill(&random, signals.samples, rows * frames, -amplitude, amplitude);
    return signals;
}

void support_signals_free(struct support_signals *signals)
{
    free(signals->samples);
}

struct support_buffers support_buffers(const struct support_signals *signals, size_t start)
{
    struct support_buffers buffers = {.row = {NULL}};

    for (unsigned i = 0; i < signals->rows; ++i)
        buffers.row[i] = signals->samples + i * signals->frames + start;
    return buffers;
}

const float *const *support_inputs(const struct support_buffers *buffers)
{
    return (const float *const *)buffers->row;
}

struct tc_stream *support_stream(const struct tc_model *model, unsigned channels)
{
    struct tc_stream *stream = NULL;

    ck_assert_int_eq(tc_stream_new(&stream, model, channels, NULL), TC_OK);
    return stream;
}

void support_play(struct tc_stream *stream, const struct support_signals *in,
                  const struct support_signals *knobs, const struct support_signals *out,
                  size_t start, size_t n)
{
    const struct support_buffers from = support_buffers(in, start);
    const struct support_buffers turned = support_buffers(knobs, start);
    const struct support_buffers to = support_buffers(out, start);

    tc_stream_process(stream, support_inputs(&from), support_inputs(&turned), to.row, n);
}
