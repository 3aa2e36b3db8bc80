#include "formats/loudness.h"

#include <math.h>

enum { FRAMES = 12000, BLOCK = 240, STEPS = 10 };

/* Of a low-pass filter that leaves noise somewhat like a guitar, and of what comes out of it. */
static const float SMOOTHING = 0.2f, AMPLITUDE = 1.91f;

/** The next numbers of the noise: `random` and `smooth` are where it goes on. */
static void fill(float samples[BLOCK], float amplitude, uint32_t *random, float *smooth)
{
    for (unsigned i = 0; i < BLOCK; ++i) {
        *random = *random * 1664525u + 1013904223u;
        *smooth += SMOOTHING * ((float)(*random >> 8) * 0x1p-24f - 0.5f - *smooth);
        samples[i] = amplitude * *smooth;
    }
}

/** RMS of the output, from the start state. */
static double play(struct tc_stream *stream, float amplitude)
{
    float samples[BLOCK], smooth = 0.0f;
    const float *const in[] = {samples};
    float *const out[] = {samples};
    uint32_t random = 1;
    double sum = 0.0;

    tc_stream_reset(stream);
    for (unsigned done = 0; done < FRAMES; done += BLOCK) {
        fill(samples, amplitude, &random, &smooth);
        tc_stream_process(stream, in, NULL, out, BLOCK);
        for (unsigned i = 0; i < BLOCK; ++i)
            sum += (double)samples[i] * samples[i];
    }
    return sqrt(sum / FRAMES);
}

enum tc_status tc_loudness_measure(const struct tc_model *model, float *loudness_db, float *gain,
                                   struct tc_error *error)
{
    struct tc_stream *stream;
    double rms = 0.0, sum = 0.0;
    const enum tc_status status = tc_stream_new(&stream, model, 1, error);

    if (status)
        return status;
    for (unsigned k = 0; k <= STEPS; ++k) {
        rms = play(stream, AMPLITUDE * (float)k / STEPS);
        sum += rms;
    }
    tc_stream_free(stream);
    *loudness_db = rms > 0.0 ? (float)(20.0 * log10(rms)) : NAN;
    *gain = rms > 0.0 ? (float)fmin(fmax(sum / (0.5 * (STEPS + 1) * rms) - 1.0, 0.0), 1.0) : NAN;
    return TC_OK;
}
