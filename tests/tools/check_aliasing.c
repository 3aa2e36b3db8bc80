#include "tests/support/support.h"
#include "measurement/aliasing.h"

#include <math.h>
#include <stdlib.h>

/* The aliasing of signals and networks whose harmonics are known. At 44100 Hz the limit of 20 kHz
 * is component 3715 of 8192. */

enum { N = ALIASING_FRAMES, LIMIT = 3715 };

static const double RATE_HZ = 44100.0, TURN = 2.0 * 3.14159265358979324;

static struct aliasing split(double (*shape)(double), size_t periods)
{
    double *const samples = calloc(N, sizeof *samples);
    struct aliasing aliasing;

    ck_assert_ptr_nonnull(samples);
    for (size_t i = 0; i < N; ++i)
        samples[i] = shape(sin(TURN * (double)(periods * i % N) / N));
    ck_assert_int_eq(aliasing_split(samples, periods, RATE_HZ, &aliasing, NULL), TC_OK);
    free(samples);
    return aliasing;
}

/* sin^3 v = 3/4 sin v - 1/4 sin 3 v; the offset counts for nothing. */
static double cubic(double x)
{
    return x + 0.8 * x * x * x - 0.3;
}

static void assert_near(double found, double expected, double relative)
{
    ck_assert_msg(fabs(found - expected) <= relative * expected, "%.15g, expected %.15g", found,
                  expected);
}

START_TEST(third_harmonic_of_a_cubic)
{
    const double first = 1.6 * 1.6 * N / 2, third = 0.2 * 0.2 * N / 2;
    struct aliasing found = split(cubic, 1201); /* 3603 */

    assert_near(found.harmonics, first + third, 1e-12);
    ck_assert_double_lt(found.rest, 1e-20 * first);
    found = split(cubic, 1301); /* 3903: beyond the limit */
    assert_near(found.harmonics, first, 1e-12);
    ck_assert_double_lt(found.rest, 1e-20 * first);
    found = split(cubic, 1501); /* 3689: folded */
    assert_near(found.harmonics, first, 1e-12);
    assert_near(found.rest, third, 1e-12);
}
END_TEST

static double tiny(double x)
{
    return x - 4e-10 / 3.0 * (3.0 * x - 4.0 * x * x * x);
}

START_TEST(far_below_the_harmonics)
{
    const struct aliasing found = split(tiny, 1501);
    const double third = 4e-10 / 3.0;

    assert_near(found.rest / found.harmonics, third * third, 1e-6);
}
END_TEST

START_TEST(periods_are_odd_and_nearest)
{
    ck_assert_uint_eq(aliasing_periods(1000.0, RATE_HZ), 185); /* 185.8 */
    ck_assert_uint_eq(aliasing_periods(5000.0, RATE_HZ), 929); /* 928.8 */
    ck_assert_uint_eq(aliasing_periods(4000.0, RATE_HZ), 743); /* 743.04 */
    ck_assert_uint_eq(aliasing_periods(2000.0, RATE_HZ), 371); /* 371.5 */
    ck_assert_uint_eq(aliasing_periods(3000.0, 48000.0), 513); /* 512 */
    ck_assert_uint_eq(aliasing_periods(1.0, RATE_HZ), 1);
}
END_TEST

/* ------------------------------------------------------------------ networks */

/* tanh(gain x) of the first of `inputs` audio inputs, at 44100 Hz. */
static struct tc_model *shaper(float gain, unsigned inputs, const char *control)
{
    const struct tc_architecture arch = {
        .audio_inputs = inputs,
        .outputs = 1,
        .layers = 1,
        .layer = {{.cell = TC_CELL_RNN, .activation = TC_TANH, .hidden = 1}}};
    struct tc_tensor tensor[TC_MAX_TENSORS];
    float parameters[16] = {0};
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    const unsigned n = tc_architecture_tensors(&arch, tensor, NULL);

    parameters[tensor[0].offset] = gain;
    parameters[tensor[n - 2].offset] = 1.0f; /* lin.weight */
    tc_metadata_init(&meta);
    meta.sample_rate_hz = RATE_HZ;
    for (unsigned i = 0; control[i] != '\0'; ++i)
        meta.control[i] = control[i];
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    return model;
}

/* The amplitude of harmonic m of tanh(gain sin v), by a sum over so many points of a quarter that
 * harmonics folded there are below 1e-12. */
static double harmonic(double gain, unsigned m)
{
    enum { POINTS = 1 << 14 };
    double sum = 0.0;

    for (unsigned i = 0; i < POINTS; ++i)
        sum += tanh(gain * sin(TURN * i / POINTS)) * sin(TURN * (double)m * i / POINTS);
    return 2.0 * sum / POINTS;
}

/* The ratio, from the harmonics up to an order of 400 folded at a multiple of the rate. What falls
 * beyond the limit is removed. */
static double expected_ratio(double gain, size_t periods, unsigned oversampling)
{
    const size_t range = (size_t)N * oversampling;
    double harmonics = 0.0, rest = 0.0;

    for (unsigned m = 1; m < 400; m += 2) {
        const size_t at = m * periods % range, folded = at < range - at ? at : range - at;
        const double amplitude = harmonic(gain, m);

        if (folded <= LIMIT)
            *(folded == m * periods ? &harmonics : &rest) += amplitude * amplitude;
    }
    return rest / harmonics;
}

static double measure(const struct tc_model *model, double hz, unsigned oversampling)
{
    const struct aliasing_sine sine = {
        .hz = hz, .level = 0.5, .seconds = 0.1, .oversampling = oversampling};
    double ratio = -1.0;

    ck_assert_int_eq(aliasing_measure(model, &sine, &ratio, NULL), TC_OK);
    return ratio;
}

/* What the player's filters leave of other components is 110 dB below. */
START_TEST(tanh_at_multiples_of_the_rate)
{
    struct tc_model *const model = shaper(20.0f, 1, "");

    for (unsigned oversampling = 1; oversampling <= 4; oversampling *= 2) {
        const double found = measure(model, 3000.0, oversampling);
        const double expected =
            expected_ratio(10.0, aliasing_periods(3000.0, RATE_HZ), oversampling);

        ck_assert_msg(fabs(10.0 * log10(found / expected)) < 0.01,
                      "%u times: %.3f dB, expected %.3f dB", oversampling, 10.0 * log10(found),
                      10.0 * log10(expected));
    }
    tc_model_free(model);
}
END_TEST

START_TEST(nothing_to_measure)
{
    struct tc_model *const silent = shaper(0.0f, 1, ""), *const loud = shaper(20.0f, 1, "");

    ck_assert(isnan(measure(silent, 3000.0, 1)));
    ck_assert(isnan(measure(loud, 21000.0, 1)));
    tc_model_free(silent);
    tc_model_free(loud);
}
END_TEST

/* A control signal is 0: the first input alone has the sine. */
START_TEST(control_is_silent)
{
    struct tc_model *const one = shaper(20.0f, 1, ""), *const two = shaper(20.0f, 2, "key");

    ck_assert_double_eq(measure(one, 3000.0, 1), measure(two, 3000.0, 1));
    tc_model_free(one);
    tc_model_free(two);
}
END_TEST

/* The sine of the table is at full scale: twice the drive of half the level. */
START_TEST(table_of_sines)
{
    struct tc_model *const model = shaper(5.0f, 1, "");
    double ratio[ALIASING_SINES];

    ck_assert_int_eq(aliasing_measure_sines(model, 1, ratio, NULL), TC_OK);
    for (unsigned i = 0; i < ALIASING_SINES; ++i) {
        const double hz = 1000.0 * (i + 1);
        const double expected = expected_ratio(5.0, aliasing_periods(hz, RATE_HZ), 1);

        ck_assert_msg(fabs(10.0 * log10(ratio[i] / expected)) < 0.01, "%g Hz: %g, expected %g", hz,
                      ratio[i], expected);
    }
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("aliasing");

    tcase_add_test(tests, third_harmonic_of_a_cubic);
    tcase_add_test(tests, far_below_the_harmonics);
    tcase_add_test(tests, periods_are_odd_and_nearest);
    tcase_add_test(tests, tanh_at_multiples_of_the_rate);
    tcase_add_test(tests, nothing_to_measure);
    tcase_add_test(tests, control_is_silent);
    tcase_add_test(tests, table_of_sines);
    return support_run(tests, "aliasing");
}
