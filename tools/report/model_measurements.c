#include "config.h"
#include "report/model_measurements.h"

#include "clock.h"
#include "measurement/playback.h"
#include "measurement/quantile.h"
#include "model/usual_rate.h"
#include "report/half_precision_error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TIMINGS = 512, ALIASING_MAX_WEIGHTS = 50000 };

static const double TIMED_S = 0.2;

/* ------------------------------------------------------------------------- weights */

static bool is_initial_state(const struct tc_tensor *tensor)
{
    return strncmp(tensor->name, "rec.h0", 6) == 0 || strncmp(tensor->name, "rec.c0", 6) == 0;
}

static bool is_zero(const float *values, size_t n)
{
    while (n > 0 && values[n - 1] == 0.0f)
        --n;
    return n == 0;
}

/* Weights of each layer; and whether an initial state other than zero is stored. */
static void measure_tensors(const struct tc_model *model, struct model_measurements *m)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensor, NULL);
    const float *const values = tc_model_parameters(model);

    for (unsigned t = 0; t < n; ++t) {
        const size_t size = tensor[t].rows * tensor[t].cols;

        if (!is_initial_state(&tensor[t]))
            m->weights[tensor[t].layer] += size;
        else if (!is_zero(values + tensor[t].offset, size))
            m->initial_state_stored = true;
    }
}

/* ------------------------------------------------------------------------- playing */

/* Sums over an output's samples. They are of differences from the first sample counted, so that a
 * constant output has exactly no noise. */
struct silence_sums {
    double low, high, first, sum, squares;
    unsigned n;
};

static void add_block(const float *samples, bool counted, struct silence_sums *sums)
{
    for (unsigned i = 0; i < PLAYBACK_FRAMES; ++i) {
        const double y = (double)samples[i];

        sums->low = fmin(sums->low, y);
        sums->high = fmax(sums->high, y);
        if (!counted)
            continue;
        if (sums->n++ == 0)
            sums->first = y;
        sums->sum += y - sums->first;
        sums->squares += (y - sums->first) * (y - sums->first);
    }
}

static void measure_silence(struct playback *playback, unsigned outputs,
                            struct model_measurements *m)
{
    struct silence_sums sums[TC_MAX_AUDIO];
    const unsigned blocks = (unsigned)(m->rate_hz / PLAYBACK_FRAMES) + 1;

    for (unsigned o = 0; o < outputs; ++o)
        sums[o] = (struct silence_sums){.low = (double)INFINITY, .high = (double)-INFINITY};
    for (unsigned b = 0; b < blocks; ++b) {
        playback_play_s(playback);
        for (unsigned o = 0; o < outputs; ++o)
            add_block(playback->out[o], b >= blocks / 2, &sums[o]);
    }
    for (unsigned o = 0; o < outputs; ++o) {
        const double mean = sums[o].sum / sums[o].n;

        m->silence[o] = sums[o].first + mean;
        m->noise[o] = sqrt(fmax(sums[o].squares / sums[o].n - mean * mean, 0.0));
        m->drift = fmax(m->drift, sums[o].high - sums[o].low);
    }
}

/* ns per sample, the median over blocks of noise: other programs may have disturbed some. */
static double measure_time(struct playback *playback, unsigned inputs)
{
    double timing[MAX_TIMINGS];
    const double begin = tc_now_s();
    size_t n = 0;

    playback_set_noise(playback, inputs);
    while (n < MAX_TIMINGS && (n == 0 || tc_now_s() - begin < TIMED_S))
        timing[n++] = playback_play_s(playback);
    return 1e9 * quantile(timing, n, 0.5) / PLAYBACK_FRAMES;
}

static double core_percent(double ns_per_sample, double rate_hz)
{
    return ns_per_sample * rate_hz * 1e-7;
}

static enum tc_status measure_sessions(struct playback *playback, const struct tc_model *model,
                                       struct model_measurements *m, struct tc_error *error)
{
    static const double rates_hz[SESSION_RATES] = {44100.0, 48000.0, 96000.0};
    enum tc_status status = TC_OK;

    for (unsigned i = 0; i < SESSION_RATES && status == TC_OK; ++i) {
        struct session_cost *const session = &m->session[i];

        status = tc_player_new_with(&playback->player, model, 1, rates_hz[i], TC_PRECISION_FULL,
                                    &playback->controls, error);
        if (status != TC_OK)
            continue;
        session->rate_hz = rates_hz[i];
        session->core_percent = core_percent(
            measure_time(playback, tc_model_architecture(model)->audio_inputs), rates_hz[i]);
        tc_player_free(playback->player);
    }
    return status;
}

/* Five sines of more than a second each take long on a large network. */
static enum tc_status measure_aliasing(const struct tc_model *model, struct model_measurements *m,
                                       struct tc_error *error)
{
    for (unsigned i = 0; i < ALIASING_SINES; ++i)
        m->aliasing[i] = (double)NAN;
    return tc_model_weights(model) > ALIASING_MAX_WEIGHTS
               ? TC_OK
               : aliasing_measure_sines(model, 1, m->aliasing, error);
}

enum tc_status model_measurements_take(const struct tc_model *model, struct model_measurements *m,
                                       struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct playback *const playback = playback_new(model);
    enum tc_status status;

    *m = (struct model_measurements){.rate_hz = tc_usual_rate_hz(tc_model_metadata(model))};
    if (!playback)
        return tc_fail(error, TC_NO_MEMORY, "out of memory");
    measure_tensors(model, m);
    status = tc_player_new(&playback->player, model, 1, m->rate_hz, error);
    if (status == TC_OK) {
        measure_silence(playback, arch->outputs, m);
        m->ns_per_sample = measure_time(playback, arch->audio_inputs);
        m->core_percent = core_percent(m->ns_per_sample, m->rate_hz);
        tc_player_free(playback->player);
        status = measure_sessions(playback, model, m, error);
    }
    if (status == TC_OK)
        status = tc_health_measure(model, NULL, &m->health, error);
    if (status == TC_OK)
        status = measure_aliasing(model, m, error);
    if (status == TC_OK)
        status = half_precision_error_measure(model, m->rate_hz, &m->half_precision_esr, error);
    free(playback);
    return status;
}
