#include "config.h"
#include "bench/timed_stream.h"
#include "measurement/noise.h"
#include "measurement/quantile.h"
#include "clock.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>

static const double RUNS_S = 0.008, BLOCKS_S = 1.0;

struct timed_stream {
    struct tc_stream *stream;
    unsigned channels;
    float **signal; /* inputs of all channels, knobs, outputs: each TIMED_BLOCK_FRAMES */
    const float *const *in, *const *knobs;
    float *const *out;
};

/* Noise as audio inputs, the knobs at their initial values. */
static void set_signals(struct timed_stream *timed, const struct tc_model *model, unsigned channels)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const size_t inputs = (size_t)channels * tc_input_buffers(arch);
    uint32_t random = 1;

    timed->in = (const float *const *)timed->signal;
    timed->knobs = timed->in + inputs;
    timed->out = timed->signal + inputs + arch->knobs;
    for (size_t i = 0; i < inputs; ++i)
        noise_fill(timed->signal[i], TIMED_BLOCK_FRAMES, &random);
    for (unsigned i = 0; i < arch->knobs; ++i)
        for (unsigned t = 0; t < TIMED_BLOCK_FRAMES; ++t)
            timed->signal[inputs + i][t] = tc_model_metadata(model)->knob[i].initial;
}

enum tc_status timed_stream_new(struct timed_stream **timed, const struct tc_model *model,
                                unsigned channels, const char *kernels, enum tc_precision precision,
                                struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const size_t signals = channels * (tc_input_buffers(arch) + arch->outputs) + arch->knobs;
    struct timed_stream *const made = calloc(1, sizeof *made);
    enum tc_status status;

    if (!made)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    made->signal = tc_signals_new(signals, TIMED_BLOCK_FRAMES);
    status = made->signal
                 ? tc_stream_new_with(&made->stream, model, channels, kernels, precision, error)
                 : tc_fail(error, TC_NO_MEMORY, "out of memory");
    if (status != TC_OK) {
        timed_stream_free(made);
        return status;
    }
    made->channels = channels;
    set_signals(made, model, channels);
    *timed = made;
    return TC_OK;
}

void timed_stream_free(struct timed_stream *timed)
{
    if (!timed)
        return;
    tc_stream_free(timed->stream);
    free(timed->signal);
    free(timed);
}

static double play_s(struct timed_stream *timed, size_t n_frames)
{
    const double start = tc_now_s();

    tc_stream_process(timed->stream, timed->in, timed->knobs, timed->out, n_frames);
    return tc_now_s() - start;
}

double timed_stream_frame_s(struct timed_stream *timed)
{
    /* Fewer frames of many channels: a long run is disturbed more often than a short one. */
    const size_t n_frames = TIMED_BLOCK_FRAMES / timed->channels;
    const double begin = tc_now_s();
    double best_s = INFINITY;

    play_s(timed, TIMED_BLOCK_FRAMES); /* warms up: caches, clock, initial state */
    do
        best_s = fmin(best_s, play_s(timed, n_frames));
    while (tc_now_s() - begin < RUNS_S);
    return best_s / (double)n_frames;
}

struct block_times timed_stream_blocks(struct timed_stream *timed, size_t n_frames)
{
    const double begin = tc_now_s();
    double taken_s[TIMED_BLOCKS];
    size_t n = 0;

    play_s(timed, n_frames);
    do
        taken_s[n++] = play_s(timed, n_frames);
    while (n < TIMED_BLOCKS && tc_now_s() - begin < BLOCKS_S);
    return (struct block_times){.median_s = quantile(taken_s, n, 0.5),
                                .p999_s = quantile(taken_s, n, 0.999)};
}
