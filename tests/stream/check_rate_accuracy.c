#include "model/model.h"
#include "tests/formats/reference_models.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

/* Models at other rates than their own, against themselves at their own: the signal repeats after
 * 50 ms and has nothing above 20 kHz, so that one period is exact at every rate, and so is the
 * comparison of the spectra of the outputs up to 20 kHz. It has the spectrum of an electric
 * guitar. */

enum { SPACING_HZ = 20, BINS = 20000 / SPACING_HZ, PERIODS = 24 };

static const double PI = 3.14159265358979324;

static const double rates[] = {44100.0, 48000.0, 88200.0, 96000.0, 192000.0};

enum { RATES = sizeof rates / sizeof *rates };

enum { LOUD, QUIET };

/* Of the collection in ../shared/models where there is a file, else made up. */
static const struct tried {
    const char *folder, *file;
    struct tc_architecture arch;
    double rate_hz;
    double amplitude[2]; /* QUIET: the model is linear there, and the output above its rounding */
} models[] = {
    {.arch = {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, 0, 16}}},
     .rate_hz = 44100.0,
     .amplitude = {0.05, 0.05}},
    {.arch = {.audio_inputs = 1,
              .outputs = 1,
              .layers = 2,
              .direct = 1.0f,
              .layer = {{TC_CELL_GRU, 0, 8}, {TC_CELL_LSTM, 0, 6}}},
     .rate_hz = 48000.0,
     .amplitude = {0.05, 0.05}},
    {.arch = {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 9}}},
     .rate_hz = 44100.0,
     .amplitude = {0.05, 0.05}},
    {.folder = "guitarml", .file = "neuralseed_lstm8_ts9", .amplitude = {0.05, 0.0003}},
    {.folder = "guitarml", .file = "neuralseed_gru8_ts9", .amplitude = {0.05, 0.0003}},
    {.folder = "keras", .file = "aidax_neuralseed_lstm8", .amplitude = {0.05, 0.0003}},
};

enum { MODELS = sizeof models / sizeof *models };

/* NULL if it is not there. */
static struct tc_model *model_of(const struct tried *tried)
{
    char path[PATH_SIZE];
    struct tc_model *model;

    if (tried->file)
        return reference_models_find()
                   ? load_reference(reference_path(path, tried->folder, tried->file, ".json"), NULL)
                   : NULL;
    model = support_model(&tried->arch, 7);
    model->meta.sample_rate_hz = tried->rate_hz;
    return model;
}

/* e^(2 pi i t / n), t = 0 ... n - 1 */
static double complex *circle(size_t n)
{
    double complex *const points = malloc(n * sizeof *points);

    for (size_t t = 0; t < n; ++t)
        points[t] = cexp(2.0 * PI * (double)t / (double)n * I);
    return points;
}

/* One period of n frames: the same sound for every n. */
static float *guitar(size_t n, double amplitude)
{
    double complex *const points = circle(n), phasor[BINS];
    float *const x = support_zeros(n, sizeof *x);
    struct support_random random = {3};

    for (size_t bin = 1; bin < BINS; ++bin) {
        const double khz = (double)bin * SPACING_HZ / 1000.0;
        const double phase = PI * (double)support_uniform(&random, -1.0f, 1.0f);

        phasor[bin] = pow(1.0 + khz * khz, -1.5) * cexp(phase * I);
    }
    for (size_t t = 0; t < n; ++t) {
        double sum = 0.0;

        for (size_t bin = 1; bin < BINS; ++bin)
            sum += creal(phasor[bin] * points[bin * t % n]);
        x[t] = (float)(amplitude * sum);
    }
    free(points);
    return x;
}

/* What a player gives after a second, its latency taken out. */
static void spectrum_of(const struct tc_model *model, double rate_hz, float rate, double amplitude,
                        double complex spectrum[BINS])
{
    const size_t n = (size_t)(rate_hz / SPACING_HZ);
    double complex *const points = circle(n);
    float *const x = guitar(n, amplitude), *const y = support_zeros(2 * n, sizeof *y);
    struct tc_player *player = NULL;
    struct tc_controls controls;

    tc_controls_init(&controls, model);
    controls.rate = rate;
    ck_assert_int_eq(tc_player_new(&player, model, 1, rate_hz, NULL), TC_OK);
    const size_t latency = tc_player_latency_frames(player, &controls);

    for (size_t period = 0; period < PERIODS; ++period) {
        const float *const in = x;
        float *const out = y + period % 2 * n;

        tc_player_process(player, &controls, &in, &out, n);
    }
    for (size_t bin = 0; bin < BINS; ++bin) {
        spectrum[bin] = 0.0;
        for (size_t t = 0; t < n; ++t)
            spectrum[bin] += (double)y[latency + t] * conj(points[bin * t % n]) / (double)n;
    }
    tc_player_free(player);
    free(y);
    free(x);
    free(points);
}

/* The part of the output, but for a constant, that differs from the model's at its own rate. */
static double error_db(const struct tc_model *model, double rate_hz, float rate, double amplitude)
{
    double complex own[BINS], found[BINS];
    double output = 0.0, error = 0.0;

    spectrum_of(model, tc_model_metadata(model)->sample_rate_hz, rate, amplitude, own);
    spectrum_of(model, rate_hz, rate, amplitude, found);
    for (size_t bin = 1; bin < BINS; ++bin) {
        output += pow(cabs(own[bin]), 2.0);
        error += pow(cabs(found[bin] - own[bin]), 2.0);
    }
    return 10.0 * log10(error / output);
}

START_TEST(converted_models_are_accurate)
{
    const struct tried *const tried = &models[_i / RATES];
    struct tc_model *const model = model_of(tried);

    if (model && tc_player_converts(model, rates[_i % RATES]))
        ck_assert_double_lt(error_db(model, rates[_i % RATES], 0.0f, tried->amplitude[LOUD]),
                            -100.0);
    tc_model_free(model);
}
END_TEST

/* Within the limits of single precision. */
START_TEST(delayed_models_are_as_accurate_as_expected)
{
    const struct tried *const tried = &models[_i / RATES];
    const double rate_hz = rates[_i % RATES];
    struct tc_model *const model = model_of(tried);

    if (model)
        ck_assert_int_eq(tc_find_eigenvalues(model, NULL), TC_OK);
    if (model && tc_player_delays(model, rate_hz)) {
        const double error = error_db(model, rate_hz, 2.0f, tried->amplitude[QUIET]);
        const double expected = tc_player_delay_error_db(model, rate_hz);

        support_require(fabs(error - expected) < 4.0 || fmax(error, expected) < -95.0,
                        "model %d at %g Hz: an error of %.1f dB, expected %.1f", _i / RATES,
                        rate_hz, error, expected);
    }
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("rate_accuracy");

    tcase_add_loop_test(tests, converted_models_are_accurate, 0, MODELS * RATES);
    tcase_add_loop_test(tests, delayed_models_are_as_accurate_as_expected, 0, MODELS * RATES);
    return support_run_within(tests, "rate_accuracy", 120.0);
}
