#include "train/health/response.h"

#include "train/health/sensitivity.h"
#include "train/measure/stream_buffers.h"

#include <math.h>
#include <stdlib.h>

/* What each channel of the stream gets at all its audio inputs. */
enum { SILENCE, IMPULSE, HIGH, LOW, SINE, CHANNELS };

static const double sine_hz = 100.0, turn = 2.0 * 3.14159265358979324;

static float sample(unsigned channel, size_t frame, double rate_hz)
{
    switch (channel) {
    case IMPULSE:
        return frame == 0 ? 1.0f : 0.0f;
    case HIGH:
        return 1.0f;
    case LOW:
        return -1.0f;
    case SINE:
        return (float)sin(turn * sine_hz * (double)frame / rate_hz);
    default:
        return 0.0f;
    }
}

/* signal (CHANNELS, buffers->frames): n frames from `start` on. */
static void fill(float *signal, const struct tc_stream_buffers *buffers, double rate_hz,
                 size_t start, size_t n)
{
    for (unsigned c = 0; c < CHANNELS; ++c)
        for (size_t t = 0; t < n; ++t)
            signal[c * buffers->frames + t] = sample(c, start + t, rate_hz);
}

static double largest(double peak, const float *a, const float *b, size_t n)
{
    for (size_t t = 0; t < n; ++t)
        peak = fmax(peak, fabs((double)a[t] - (b ? (double)b[t] : 0.0)));
    return peak;
}

static void add_peaks(const struct tc_stream_buffers *buffers, unsigned outputs, size_t n,
                      struct tc_health *health)
{
    float *const *const out = buffers->out;

    for (unsigned o = 0; o < outputs; ++o) {
        health->impulse_peak = largest(health->impulse_peak, out[IMPULSE * outputs + o],
                                       out[SILENCE * outputs + o], n);
        health->constant_peak = largest(health->constant_peak, out[HIGH * outputs + o], NULL, n);
        health->constant_peak = largest(health->constant_peak, out[LOW * outputs + o], NULL, n);
        health->sine_peak = largest(health->sine_peak, out[SINE * outputs + o], NULL, n);
    }
}

static void set_inputs(const struct tc_model *model, const struct tc_stream_buffers *buffers,
                       const float *signal)
{
    const unsigned inputs = tc_input_buffers(tc_model_architecture(model));
    const unsigned audio = tc_audio_without_control(model);

    for (unsigned c = 0; c < CHANNELS; ++c)
        for (unsigned i = 0; i < inputs; ++i)
            buffers->in[c * inputs + i] =
                i < audio ? signal + c * buffers->frames : buffers->silence;
}

enum tc_status tc_response_measure(const struct tc_model *model, const float *knob, double rate_hz,
                                   size_t n_frames, struct tc_health *health)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_stream_buffers buffers;
    struct tc_stream *stream = NULL;
    enum tc_status status = tc_stream_buffers_init(&buffers, arch, CHANNELS, knob);
    float *const signal = status ? NULL : calloc(CHANNELS * buffers.frames, sizeof *signal);

    health->impulse_peak = health->constant_peak = health->sine_peak = 0.0;
    if (!status)
        status = signal ? tc_stream_new(&stream, model, CHANNELS, NULL) : TC_NO_MEMORY;
    if (!status)
        set_inputs(model, &buffers, signal);
    for (size_t start = 0, n; !status && start < n_frames; start += n) {
        n = n_frames - start < buffers.frames ? n_frames - start : buffers.frames;
        fill(signal, &buffers, rate_hz, start, n);
        tc_stream_buffers_process(&buffers, stream, n);
        add_peaks(&buffers, arch->outputs, n, health);
    }
    tc_stream_free(stream);
    free(signal);
    tc_stream_buffers_done(&buffers);
    return status;
}
