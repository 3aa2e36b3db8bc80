#include "formats/selftest.h"

#include "memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

size_t tc_selftest_inputs(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    return (size_t)tc_input_buffers(arch) + arch->knobs;
}

/** Noise in [-1, 1): the upper bits of a linear congruential generator (Knuth's constants). */
static float next_noise(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (float)(int32_t)(*state >> 32) * 0x1p-31f;
}

/** A falling sweep that restarts every 512 frames and is silent for the last 128 of them, plus
 * faint noise; every channel has its own phase and level. */
static float audio_at(size_t frame, unsigned channel, uint64_t *noise)
{
    const double t = (double)(frame % 512) / 512.0;
    const double phase = 6.2831853 * (40.0 * t - 18.0 * t * t + 0.13 * channel);
    const double level = t < 0.75 ? 0.7 / (1.0 + 0.5 * channel) * (1.0 - t) : 0.0;

    return (float)(level * sin(phase)) + 0.02f * next_noise(noise);
}

/** A triangle through the whole range of a knob, of a higher frequency for every further one. */
static float knob_at(size_t frame, unsigned index, const struct tc_knob *knob)
{
    const double period = 1024.0 / (1.0 + index);
    const double position = fmod((double)frame, period) / period;
    const double rise = position < 0.5 ? 2.0 * position : 2.0 - 2.0 * position;

    return (float)(knob->min + rise * ((double)knob->max - knob->min));
}

void tc_selftest_signal(const struct tc_model *model, size_t n_frames, float *input)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const struct tc_metadata *const meta = tc_model_metadata(model);
    uint64_t noise = 1;

    for (size_t frame = 0; frame < n_frames; ++frame) {
        for (unsigned i = 0; i < arch->audio_inputs; ++i)
            *input++ = audio_at(frame, i, &noise);
        if (arch->symbols)
            *input++ = floorf((0.5f + 0.5f * next_noise(&noise)) * (float)arch->symbols);
        for (unsigned i = 0; i < arch->knobs; ++i)
            *input++ = knob_at(frame, i, &meta->knob[i]);
    }
}

/** Frames are processed in small blocks, converted from interleaved samples to channels. */
enum { BLOCK = 64 };

static void run_block(const struct tc_architecture *arch, struct tc_stream *stream, float **signals,
                      const float *input, float *output, size_t n)
{
    const size_t buffers = tc_input_buffers(arch), inputs = buffers + arch->knobs;
    const float *const *const in = (const float *const *)signals;
    float *const *const out = signals + inputs;

    for (size_t i = 0; i < inputs; ++i)
        for (size_t frame = 0; frame < n; ++frame)
            signals[i][frame] = input[frame * inputs + i];
    tc_stream_process(stream, in, in + buffers, out, n);
    for (unsigned o = 0; o < arch->outputs; ++o)
        for (size_t frame = 0; frame < n; ++frame)
            output[frame * arch->outputs + o] = out[o][frame];
}

enum tc_status tc_selftest_run(const struct tc_model *model, size_t n_frames, const float *input,
                               float *output, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    const size_t inputs = tc_selftest_inputs(model);
    struct tc_stream *stream;
    float **signals;
    const enum tc_status status = tc_stream_new(&stream, model, 1, error);

    if (status)
        return status;
    signals = tc_signals_new(inputs + arch->outputs, BLOCK);
    if (!signals) {
        tc_stream_free(stream);
        return tc_fail(error, TC_NO_MEMORY, "no memory for a self-test");
    }
    for (size_t done = 0; done < n_frames; done += BLOCK)
        run_block(arch, stream, signals, input + done * inputs, output + done * arch->outputs,
                  n_frames - done < BLOCK ? n_frames - done : BLOCK);
    free(signals);
    tc_stream_free(stream);
    return TC_OK;
}

/** The largest difference among n values, over max(1, peak). */
static void find_worst(const float *found, const float *stored, size_t n, unsigned outputs,
                       struct tc_selftest_worst *worst)
{
    double peak = 1.0;

    *worst = (struct tc_selftest_worst){.found = found[0], .stored = stored[0]};
    for (size_t i = 0; i < n; ++i) {
        const double difference = fabs((double)found[i] - stored[i]);

        peak = fmax(peak, fabsf(stored[i]));
        if (difference > worst->difference || isnan(difference))
            *worst =
                (struct tc_selftest_worst){isnan(difference) ? INFINITY : difference, i / outputs,
                                           (unsigned)(i % outputs), found[i], stored[i]};
    }
    worst->difference /= peak;
}

enum tc_status tc_selftest_compare(const struct tc_model *model, size_t n_frames,
                                   const float *input, const float *stored,
                                   struct tc_selftest_worst *worst, struct tc_error *error)
{
    const unsigned outputs = tc_model_architecture(model)->outputs;
    float *const found = malloc(n_frames * outputs * sizeof *found);
    enum tc_status status;

    if (!found)
        return tc_fail(error, TC_NO_MEMORY, "no memory for a self-test of %zu frames", n_frames);
    status = tc_selftest_run(model, n_frames, input, found, error);
    if (status == TC_OK)
        find_worst(found, stored, n_frames * outputs, outputs, worst);
    free(found);
    return status;
}

enum tc_status tc_selftest_judge(const struct tc_selftest_worst *worst, struct tc_error *error)
{
    if (worst->difference > TC_SELFTEST_TOLERANCE)
        return tc_fail(error, TC_BAD_VALUE,
                       "self-test failed: output %u is %.9g at frame %zu, but the file says %.9g",
                       worst->output, (double)worst->found, worst->frame, (double)worst->stored);
    return TC_OK;
}
