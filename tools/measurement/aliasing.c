#include "config.h"
#include "measurement/aliasing.h"

#include "model/usual_rate.h"

#include <math.h>
#include <stdlib.h>

enum { N = ALIASING_FRAMES, BLOCK = 1024 };

_Static_assert((N & (N - 1)) == 0, "odd numbers of periods share no divisor with a power of two");
_Static_assert(N % BLOCK == 0, "a measurement is a number of whole blocks");

static const double TURN = 2.0 * 3.14159265358979324;

size_t aliasing_periods(double hz, double rate_hz)
{
    return 2 * (size_t)(0.5 * hz * N / rate_hz) + 1;
}

/* ------------------------------------------------------------------ energy */

static void fill_cosines(double cosine[N])
{
    for (size_t i = 0; i < N; ++i)
        cosine[i] = cos(TURN * (double)i / N);
}

/* Subtract the component at k cycles, 0 < k < N / 2; returns the sum of its squares. What is
 * subtracted is orthogonal to all other components, so that these are as exact as before. */
static double remove_component(double y[N], const double cosine[N], size_t k)
{
    double a = 0.0, b = 0.0;

    for (size_t i = 0; i < N; ++i) {
        a += y[i] * cosine[k * i % N];
        b += y[i] * cosine[(k * i + N - N / 4) % N];
    }
    a *= 2.0 / N;
    b *= 2.0 / N;
    for (size_t i = 0; i < N; ++i)
        y[i] -= a * cosine[k * i % N] + b * cosine[(k * i + N - N / 4) % N];
    return 0.5 * N * (a * a + b * b);
}

/* Subtract the mean, and the component at half the sample rate. */
static void remove_ends(double y[N])
{
    double even = 0.0, odd = 0.0;

    for (size_t i = 0; i < N; i += 2) {
        even += y[i] / (N / 2);
        odd += y[i + 1] / (N / 2);
    }
    for (size_t i = 0; i < N; i += 2) {
        y[i] -= even;
        y[i + 1] -= odd;
    }
}

static double sum_of_squares(const double y[N])
{
    double sum = 0.0;

    for (size_t i = 0; i < N; ++i)
        sum += y[i] * y[i];
    return sum;
}

enum tc_status aliasing_split(double *samples, size_t periods, double rate_hz,
                              struct aliasing *aliasing, struct tc_error *error)
{
    const size_t limit = (size_t)(N * fmin(20000.0 / rate_hz, 20.0 / 44.1));
    double *const cosine = malloc(N * sizeof *cosine);

    if (cosine == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a spectrum");
    fill_cosines(cosine);
    remove_ends(samples);
    aliasing->harmonics = 0.0;
    for (size_t k = periods; k <= limit; k += periods)
        aliasing->harmonics += remove_component(samples, cosine, k);
    for (size_t k = limit + 1; k < N / 2; ++k)
        remove_component(samples, cosine, k);
    aliasing->rest = sum_of_squares(samples);
    free(cosine);
    return TC_OK;
}

/* ------------------------------------------------------------------ playing */

struct sine_run {
    struct tc_player *player;
    struct tc_controls controls;
    unsigned inputs, outputs;
    double rate_hz;
    size_t periods;
    float input[N], silence[BLOCK];
    float output[TC_MAX_AUDIO][N];
    double samples[N];
};

static void fill_sine(struct sine_run *run, double level)
{
    for (size_t i = 0; i < N; ++i)
        run->input[i] = (float)(level * sin(TURN * (double)(run->periods * i % N) / N));
}

/* Play all periods once, the outputs go to `output`. */
static void play(struct sine_run *run, const struct tc_model *model)
{
    const unsigned sines = run->inputs - (tc_model_control(model) == TC_CONTROL_AUDIO);
    const float *in[TC_MAX_AUDIO];
    float *out[TC_MAX_AUDIO];

    for (size_t at = 0; at < N; at += BLOCK) {
        for (unsigned a = 0; a < run->inputs; ++a)
            in[a] = a < sines ? run->input + at : run->silence;
        for (unsigned o = 0; o < run->outputs; ++o)
            out[o] = run->output[o] + at;
        tc_player_process(run->player, &run->controls, in, out, BLOCK);
    }
}

static enum tc_status prepare(struct sine_run *run, const struct tc_model *model,
                              const struct aliasing_sine *sine, struct tc_error *error)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);

    run->inputs = arch->audio_inputs;
    run->outputs = arch->outputs;
    run->rate_hz = tc_usual_rate_hz(tc_model_metadata(model));
    run->periods = aliasing_periods(sine->hz, run->rate_hz);
    tc_controls_init(&run->controls, model);
    run->controls.oversampling = sine->oversampling > 2 ? 2.0f : (float)sine->oversampling - 1.0f;
    fill_sine(run, sine->level);
    return tc_player_new_with(&run->player, model, 1, run->rate_hz, TC_PRECISION_FULL,
                              &run->controls, error);
}

static enum tc_status split_outputs(struct sine_run *run, double *ratio, struct tc_error *error)
{
    double harmonics = 0.0, rest = 0.0;

    for (unsigned o = 0; o < run->outputs; ++o) {
        struct aliasing aliasing;
        enum tc_status status;

        for (size_t i = 0; i < N; ++i)
            run->samples[i] = (double)run->output[o][i];
        status = aliasing_split(run->samples, run->periods, run->rate_hz, &aliasing, error);
        if (status != TC_OK)
            return status;
        harmonics += aliasing.harmonics;
        rest += aliasing.rest;
    }
    *ratio = harmonics > 0.0 ? rest / harmonics : (double)NAN;
    return TC_OK;
}

enum tc_status aliasing_measure(const struct tc_model *model, const struct aliasing_sine *sine,
                                double *ratio, struct tc_error *error)
{
    struct sine_run *const run = calloc(1, sizeof *run);
    enum tc_status status;

    if (run == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a sine");
    status = prepare(run, model, sine, error);
    if (status == TC_OK) {
        for (double frame = 0.0; frame < sine->seconds * run->rate_hz + N; frame += N)
            play(run, model);
        status = split_outputs(run, ratio, error);
    }
    tc_player_free(run->player);
    free(run);
    return status;
}

enum tc_status aliasing_measure_sines(const struct tc_model *model, unsigned oversampling,
                                      double ratio[ALIASING_SINES], struct tc_error *error)
{
    enum tc_status status = TC_OK;

    for (unsigned i = 0; i < ALIASING_SINES && status == TC_OK; ++i) {
        const struct aliasing_sine sine = {
            .hz = 1000.0 * (i + 1), .level = 1.0, .seconds = 1.0, .oversampling = oversampling};

        status = aliasing_measure(model, &sine, &ratio[i], error);
    }
    return status;
}
