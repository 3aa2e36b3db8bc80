#include "train/health/rest.h"

#include "train/data/random.h"
#include "train/health/sensitivity.h"
#include "train/measure/stream_buffers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET, BURST, CHANNELS };

static const double burst_s = 0.1, window_s = 0.1;
static const double settled_within = 1e-3;
static const double lowest_hum_hz = 20.0;
static const double periodic = 0.9; /* correlation with itself a period later */

/* Channel QUIET begins in the initial state, BURST in the one that the burst leaves. */
struct rest {
    const struct tc_model *model;
    const struct tc_architecture *arch;
    double rate_hz;
    size_t n_frames;
    struct tc_stream *stream;
    struct tc_stream_buffers buffers;
    float *noise;  /* (inputs, buffers.frames) */
    float *output; /* (outputs, CHANNELS, n_frames) */
};

static enum tc_status prepare(struct rest *r, const float *knob)
{
    const size_t inputs = tc_input_buffers(r->arch);
    const enum tc_status status = tc_stream_buffers_init(&r->buffers, r->arch, CHANNELS, knob);

    if (status)
        return status;
    r->noise = calloc(inputs * r->buffers.frames, sizeof *r->noise);
    r->output = calloc(r->arch->outputs * CHANNELS * r->n_frames, sizeof *r->output);
    if (!r->noise || !r->output)
        return TC_NO_MEMORY;
    for (size_t i = 0; i < CHANNELS * inputs; ++i)
        r->buffers.in[i] = r->buffers.silence;
    return tc_stream_new(&r->stream, r->model, CHANNELS, NULL);
}

static void release(struct rest *r)
{
    tc_stream_free(r->stream);
    free(r->output);
    free(r->noise);
    tc_stream_buffers_done(&r->buffers);
}

static const float *output_of(const struct rest *r, unsigned output, unsigned channel)
{
    return r->output + ((size_t)output * CHANNELS + channel) * r->n_frames;
}

static double peak_of(const float *samples, size_t n)
{
    double peak = 0.0;

    for (size_t i = 0; i < n; ++i)
        peak = fmax(peak, fabs((double)samples[i]));
    return peak;
}

/* ------------------------------------------------------------------ playing */

static size_t block_of(const struct rest *r, size_t left)
{
    return left < r->buffers.frames ? left : r->buffers.frames;
}

/* The burst; the other channel is then set to the initial state. Returns the output's peak. */
static enum tc_status play_burst(struct rest *r, double *peak)
{
    const unsigned inputs = tc_input_buffers(r->arch), audio = tc_audio_without_control(r->model);
    const size_t total = (size_t)(burst_s * r->rate_hz) + 1;
    struct tc_random random = {0};
    struct tc_stream *initial = NULL;
    enum tc_status status;

    *peak = 0.0;
    for (unsigned i = 0; i < audio; ++i)
        r->buffers.in[BURST * inputs + i] = r->noise + i * r->buffers.frames;
    for (size_t done = 0, n; done < total; done += n) {
        n = block_of(r, total - done);
        for (size_t i = 0; i < audio * r->buffers.frames; ++i)
            r->noise[i] = (float)(2.0 * tc_random_uniform(&random) - 1.0);
        tc_stream_buffers_process(&r->buffers, r->stream, n);
        for (unsigned o = 0; o < r->arch->outputs; ++o)
            *peak = fmax(*peak, peak_of(r->buffers.out[BURST * r->arch->outputs + o], n));
    }
    for (unsigned i = 0; i < audio; ++i)
        r->buffers.in[BURST * inputs + i] = r->buffers.silence;
    status = tc_stream_new(&initial, r->model, 1, NULL);
    if (!status)
        tc_stream_copy_channel(r->stream, QUIET, initial, 0);
    tc_stream_free(initial);
    return status;
}

static void play_silence(struct rest *r)
{
    const unsigned outputs = r->arch->outputs;

    for (size_t done = 0, n; done < r->n_frames; done += n) {
        n = block_of(r, r->n_frames - done);
        tc_stream_buffers_process(&r->buffers, r->stream, n);
        for (unsigned c = 0; c < CHANNELS; ++c)
            for (unsigned o = 0; o < outputs; ++o)
                memcpy(r->output + ((size_t)o * CHANNELS + c) * r->n_frames + done,
                       r->buffers.out[c * outputs + o], n * sizeof *r->output);
    }
}

/* ------------------------------------------------------------------ coming to rest */

/* Frames after which |a - b| stays within a limit; b NULL: the last sample of a. */
static size_t last_beyond(const float *a, const float *b, size_t n, double limit)
{
    const double end = (double)a[n - 1];

    while (n > 0 && fabs((double)a[n - 1] - (b ? (double)b[n - 1] : end)) <= limit)
        --n;
    return n;
}

static double settles_s(const struct rest *r, unsigned channel)
{
    size_t last = 0;

    for (unsigned o = 0; o < r->arch->outputs; ++o) {
        const size_t at = last_beyond(output_of(r, o, channel), NULL, r->n_frames, settled_within);

        last = at > last ? at : last;
    }
    return last > r->n_frames / 10 * 9 ? (double)NAN : (double)last / r->rate_hz;
}

static double forgets_s(const struct rest *r)
{
    size_t last = 0;

    for (unsigned o = 0; o < r->arch->outputs; ++o) {
        const float *const a = output_of(r, o, BURST), *const b = output_of(r, o, QUIET);
        double largest = 0.0;
        size_t at;

        for (size_t i = 0; i < r->n_frames; ++i)
            largest = fmax(largest, fabs((double)a[i] - b[i]));
        at = last_beyond(a, b, r->n_frames, fmax(settled_within * largest, TC_HUM_RMS));
        last = at > last ? at : last;
    }
    return last == r->n_frames ? (double)NAN : (double)last / r->rate_hz;
}

/* ------------------------------------------------------------------ at rest */

/* The mean of n samples, and in `rest` what is left of them without the straight line that fits
 * them best. Returns the RMS of that. */
static double remove_line(const float *y, size_t n, double *mean, double *rest)
{
    const double middle = 0.5 * ((double)n - 1.0);
    double sum = 0.0, product = 0.0, squares = 0.0, energy = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double t = (double)i - middle;

        sum += (double)y[i] - (double)y[0];
        product += t * ((double)y[i] - (double)y[0]);
        squares += t * t;
    }
    *mean = (double)y[0] + sum / (double)n;
    for (size_t i = 0; i < n; ++i) {
        const double t = (double)i - middle;

        rest[i] = (double)y[i] - *mean - (n > 1 ? product / squares * t : 0.0);
        energy += rest[i] * rest[i];
    }
    return sqrt(energy / (double)n);
}

/* The correlation coefficient of a signal with itself `lag` later. */
static double correlation(const double *x, size_t n, size_t lag)
{
    double product = 0.0, a = 0.0, b = 0.0;

    for (size_t i = 0; i + lag < n; ++i) {
        product += x[i] * x[i + lag];
        a += x[i] * x[i];
        b += x[i + lag] * x[i + lag];
    }
    return a > 0.0 && b > 0.0 ? product / sqrt(a * b) : 0.0;
}

/* The shortest period: the first maximum of the correlation above `periodic` after it has been
 * below that. 0: there is none. */
static size_t period_of(const double *x, size_t n, size_t longest)
{
    double before = 1.0, now = correlation(x, n, 1);
    bool was_below = false;

    for (size_t lag = 1; lag <= longest && lag + 1 < n; ++lag) {
        const double after = correlation(x, n, lag + 1);

        was_below = was_below || now < periodic;
        if (was_below && now >= periodic && now >= before && now >= after)
            return lag;
        before = now;
        now = after;
    }
    return 0;
}

static enum tc_status measure_rest(const struct rest *r, struct tc_health *health)
{
    const size_t window = (size_t)fmax(1.0, window_s * r->rate_hz);
    const size_t n = window < r->n_frames ? window : r->n_frames;
    double *const rest = calloc(n, sizeof *rest);
    double loudest = TC_HUM_RMS;

    health->hum_hz = (double)NAN;
    if (!rest)
        return TC_NO_MEMORY;
    for (unsigned o = 0; o < r->arch->outputs; ++o) {
        const float *const y = output_of(r, o, BURST) + (r->n_frames - n);

        health->rest_rms[o] = remove_line(y, n, &health->rest_dc[o], rest);
        if (health->rest_rms[o] > loudest) {
            const size_t period = period_of(rest, n, (size_t)(r->rate_hz / lowest_hum_hz));

            loudest = health->rest_rms[o];
            health->hum_hz = period ? r->rate_hz / (double)period : (double)NAN;
        }
    }
    free(rest);
    return TC_OK;
}

enum tc_status tc_rest_measure(const struct tc_model *model, const float *knob, double rate_hz,
                               size_t n_frames, struct tc_health *health)
{
    struct rest r = {.model = model,
                     .arch = tc_model_architecture(model),
                     .rate_hz = rate_hz,
                     .n_frames = n_frames};
    enum tc_status status = prepare(&r, knob);

    if (!status)
        status = play_burst(&r, &health->burst_peak);
    if (!status) {
        play_silence(&r);
        health->silence_s = (double)n_frames / rate_hz;
        health->settles_start_s = settles_s(&r, QUIET);
        health->settles_burst_s = settles_s(&r, BURST);
        health->forgets_s = forgets_s(&r);
        status = measure_rest(&r, health);
    }
    release(&r);
    return status;
}
