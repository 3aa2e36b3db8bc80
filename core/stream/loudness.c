/** @file
 *  Loudness and distortion of a model. */
#include "tonecell.h"

#include <math.h>
#include <string.h>

/* One stream processes all levels at once: channel k has k tenths of the noise. */
enum { FRAMES = 48000, BLOCK = 240, LEVELS = 11, FILTERS = 7 };

/* For an RMS of -14.97 dB, which NAM's own recording has. Of 24 seeds this one gives the results
 * nearest to those with that recording. */
static const float AMPLITUDE = 0.1692f;
static const uint32_t SEED = 10;

/* White noise, and the filters that make it pink. */
struct noise {
    uint32_t random;
    float low[FILTERS];
};

/** Pink noise: low-pass filters two octaves apart, each with half the gain of the one below it. */
static float next_noise(struct noise *noise)
{
    float white, sum = 0.0f, coefficient = 1.0f, gain = 1.0f;

    noise->random = noise->random * 1664525u + 1013904223u;
    white = (float)(noise->random >> 8) * 0x1p-24f - 0.5f;
    for (unsigned f = 0; f < FILTERS; ++f, coefficient *= 0.25f, gain *= 2.0f) {
        noise->low[f] += coefficient * (white - noise->low[f]);
        sum += gain * noise->low[f];
    }
    return AMPLITUDE * sum;
}

static void fill(float samples[LEVELS][BLOCK], struct noise *noise)
{
    for (unsigned i = 0; i < BLOCK; ++i) {
        const float loudest = next_noise(noise);

        for (unsigned k = 0; k < LEVELS; ++k)
            samples[k][i] = loudest * (float)k / (LEVELS - 1);
    }
}

/** The sum of the squares of each level's output. */
static void play(struct tc_stream *stream, const struct tc_model *model, double squares[LEVELS])
{
    struct noise noise = {.random = SEED};
    static const float silence[BLOCK];
    const unsigned inputs = tc_model_architecture(model)->audio_inputs;
    float samples[LEVELS][BLOCK];
    float *row[LEVELS], knob[TC_MAX_KNOBS][BLOCK];
    const float *knobs[TC_MAX_KNOBS], *in[2 * LEVELS];

    for (unsigned k = 0; k < TC_MAX_KNOBS; ++k) {
        for (unsigned i = 0; i < BLOCK; ++i)
            knob[k][i] = tc_model_metadata(model)->knob[k].initial;
        knobs[k] = knob[k];
    }
    memset(squares, 0, LEVELS * sizeof *squares);
    for (unsigned k = 0; k < LEVELS; ++k) {
        row[k] = samples[k];
        in[k * inputs + inputs - 1] = silence; /* the control signal */
        in[k * inputs] = samples[k];
    }
    for (unsigned done = 0; done < FRAMES; done += BLOCK) {
        fill(samples, &noise);
        tc_stream_process(stream, in, knobs, row, BLOCK);
        for (unsigned k = 0; k < LEVELS; ++k)
            for (unsigned i = 0; i < BLOCK; ++i)
                squares[k] += (double)samples[k][i] * samples[k][i];
    }
}

enum tc_status tc_model_loudness(const struct tc_model *model, float *loudness_db, float *gain,
                                 struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream *stream;
    double squares[LEVELS], sum = 0.0, loudest;
    enum tc_status status;

    if (arch->audio_inputs != 1u + (tc_model_control(model) == TC_CONTROL_AUDIO) ||
        arch->outputs != 1 || arch->symbols)
        return tc_fail(error, TC_UNSUPPORTED,
                       "a model of %u audio inputs and %u outputs, expected one of each",
                       arch->audio_inputs, arch->outputs);
    status = tc_stream_new(&stream, model, LEVELS, error);
    if (status)
        return status;
    play(stream, model, squares);
    tc_stream_free(stream);
    for (unsigned k = 0; k < LEVELS; ++k)
        sum += sqrt(squares[k] / FRAMES);
    loudest = sqrt(squares[LEVELS - 1] / FRAMES);
    *loudness_db = *gain = NAN;
    if (loudest > 0.0 && isfinite(sum)) {
        *loudness_db = (float)(20.0 * log10(loudest));
        *gain = (float)fmin(fmax(sum / (0.5 * LEVELS * loudest) - 1.0, 0.0), 1.0);
    }
    return TC_OK;
}
