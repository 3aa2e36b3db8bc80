#include "player_fixture.h"

#include "model/model.h"
#include "player/stable_delay.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How a model runs at a rate that is not its own, and oversampled; changes between these, and what
 * else a player does to the output: normalising, the DC blocker. */

static const double PI = 3.14159265358979324;

/* h[t] = a h[t - 1] + x[t], y = h: a filter whose response is known. */
static struct tc_model *one_pole(float a, double rate_hz)
{
    const float parameters[] = {1.0f, a, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct tc_model *const model = support_model_of(&arch, parameters);

    model->meta.sample_rate_hz = rate_hz;
    return model;
}

/* As tc_find_eigenvalues() does, with a value that suits the test. */
static void know_eigenvalue(struct tc_model *model, double real, double imaginary)
{
    free(model->eigenvalues);
    model->eigenvalues = calloc(1, sizeof *model->eigenvalues);
    model->eigenvalues[0] = (struct tc_eigenvalue){real, imaginary};
    model->n_eigenvalues = 1;
}

static struct tc_player *player_at(const struct tc_model *model, double rate_hz)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, 1, rate_hz, NULL), TC_OK);
    return player;
}

static void play_blocks(struct tc_player *player, const struct tc_controls *controls,
                        const float *x, float *y, size_t n, size_t block)
{
    for (size_t t = 0; t < n; t += block) {
        const float *const in = x + t;
        float *const out = y + t;

        tc_player_process(player, controls, &in, &out, n - t < block ? n - t : block);
    }
}

/* ------------------------------------------------------------------ responses */

/* The response found to a sine of w radians per frame, by its projection on whole periods. */
static double complex response(struct tc_player *player, const struct tc_controls *controls,
                               unsigned period, unsigned periods_in)
{
    const size_t start = 40 * (size_t)period, n = start + 10 * (size_t)period;
    const double w = 2.0 * PI * periods_in / period;
    float *const x = support_zeros(n, sizeof *x), *const y = support_zeros(n, sizeof *y);
    double complex in = 0.0, out = 0.0;

    for (size_t t = 0; t < n; ++t)
        x[t] = (float)(0.5 * sin(w * (double)t));
    play_blocks(player, controls, x, y, n, 100);
    for (size_t t = start; t < n; ++t) {
        in += (double)x[t] * cexp(-w * (double)t * I);
        out += (double)y[t] * cexp(-w * (double)t * I);
    }
    free(x);
    free(y);
    return out / in;
}

enum { PERIOD = 1000 };

/* The filter runs at twice or four times the rate with z^-2 or z^-4 for z^-1: the response stays,
 * and only the latency is added. The images of the response above are removed by the filters. */
START_TEST(oversampling_keeps_the_response)
{
    static const unsigned periods[] = {1, 50, 200, 400, 450};
    struct tc_model *const model = one_pole(0.7f, _i % 2 ? 44100.0 : 48000.0);
    struct tc_player *const player = player_at(model, 48000.0);
    const struct tc_controls controls = {.oversampling = (float)(1 + _i / 2)};
    const double latency = tc_player_latency_frames(player, &controls);

    ck_assert_double_gt(latency, 0.0);
    for (size_t i = 0; i < sizeof periods / sizeof *periods; ++i) {
        const double w = 2.0 * PI * periods[i] / PERIOD, model_w = _i % 2 ? w * 48.0 / 44.1 : w;
        const double complex expected = cexp(-w * latency * I) / (1.0 - 0.7 * cexp(-model_w * I));

        if (_i % 2 && periods[i] > 416) /* 20 kHz */
            continue;
        tc_player_reset(player);
        ck_assert_double_lt(cabs(response(player, &controls, PERIOD, periods[i]) - expected), 5e-5);
    }
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

/* Worked out in double precision: 1 / (1 - a sum_k l_k z^-k), with Lagrange's weights. */
START_TEST(delayed_states_have_the_response_of_the_weights)
{
    static const double ratio[] = {48000.0 / 44100.0, 96000.0 / 44100.0, 44100.0 / 48000.0, 2.0,
                                   4.35};
    const double d = ratio[_i];
    const int first = d == 2.0 ? 2 : (int)fmax(1.0, floor(d) - 1.0), taps = d == 2.0 ? 1 : 4;
    struct tc_model *const model = one_pole(0.7f, 48000.0 / d);
    const struct tc_controls controls = {.rate = 2.0f};
    struct tc_player *player;

    know_eigenvalue(model, 0.7, 0.0);
    player = player_at(model, 48000.0);
    ck_assert(tc_player_delays(model, 48000.0));
    ck_assert_uint_eq(tc_player_latency_frames(player, &controls), 0);
    for (unsigned periods = 1; periods < 500; periods += 71) {
        double complex sum = 0.0;

        for (int k = first; k < first + taps; ++k) {
            double weight = 1.0;

            for (int m = first; m < first + taps; ++m)
                if (m != k)
                    weight *= (d - m) / (k - m);
            sum += weight * cexp(-2.0 * PI * periods / PERIOD * k * I);
        }
        tc_player_reset(player);
        ck_assert_double_lt(
            cabs(response(player, &controls, PERIOD, periods) - 1.0 / (1.0 - 0.7 * sum)), 2e-5);
    }
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

/* At twice the rate the states of odd and of even frames do not meet: two players at the model's.
 * */
START_TEST(whole_delay_is_two_players_in_turn)
{
    enum { N = 500 };
    struct tc_model *const model = support_model(&support_networks[_i].arch, 5);
    struct tc_player *twice = NULL, *once = NULL;
    struct tc_controls controls;

    model->meta.sample_rate_hz = 24000.0;
    know_eigenvalue(model, 0.5, 0.0);
    tc_controls_init(&controls, model);
    controls.rate = 2.0f;
    ck_assert_int_eq(tc_player_new(&twice, model, 1, 48000.0, NULL), TC_OK);
    struct support_signals in = support_noise(model->arch.audio_inputs, 2 * N, 3, 1.0f);
    struct support_signals out = support_signals_new(model->arch.outputs, 2 * N);

    run_player(twice, &controls, &in, &out, 0, 2 * N);
    for (size_t phase = 0; phase < 2; ++phase) {
        struct support_signals x = support_signals_new(in.rows, N),
                               y = support_signals_new(out.rows, N);

        for (size_t row = 0; row < in.rows; ++row)
            for (size_t t = 0; t < N; ++t)
                x.samples[row * N + t] = in.samples[row * 2 * N + 2 * t + phase];
        ck_assert_int_eq(tc_player_new(&once, model, 1, 24000.0, NULL), TC_OK);
        run_player(once, &controls, &x, &y, 0, N);
        for (size_t row = 0; row < out.rows; ++row)
            for (size_t t = 0; t < N; ++t)
                ck_assert_float_eq(y.samples[row * N + t],
                                   out.samples[row * 2 * N + 2 * t + phase]);
        tc_player_free(once);
        support_signals_free(&x);
        support_signals_free(&y);
    }
    support_signals_free(&in);
    support_signals_free(&out);
    tc_player_free(twice);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------ stability */

/* |s| after many steps of s[t] = e sum_k l_k s[t - k] from 1: does it shrink? */
static bool shrinks(const struct tc_recurrence_delay *delay, double complex e)
{
    enum { HISTORY = 64, STEPS = 40000 };
    double complex s[HISTORY] = {[0] = 1.0};
    double middle = 0.0, end = 0.0;

    for (unsigned t = 1; t < STEPS; ++t) {
        double complex sum = 0.0;

        for (unsigned k = 0; k < delay->taps; ++k)
            if (t >= delay->first + k)
                sum += (double)delay->weight[k] * s[(t - delay->first - k) % HISTORY];
        s[t % HISTORY] = e * sum;
        if (cabs(s[t % HISTORY]) > 1e30)
            return false;
        if (t / 1000 == STEPS / 2000)
            middle = fmax(middle, cabs(s[t % HISTORY]));
        if (t / 1000 == STEPS / 1000 - 1)
            end = fmax(end, cabs(s[t % HISTORY]));
    }
    return end < middle || end < 1e-30;
}

START_TEST(delay_is_stable_when_its_recursion_shrinks)
{
    static const double ratio[] = {1.0884, 2.1769, 0.91875, 0.7, 1.5, 4.0, 17.4};
    struct tc_model *const model = one_pole(0.5f, 48000.0);
    struct support_random random = {11};
    unsigned stable = 0, unstable = 0;

    for (unsigned i = 0; i < 60; ++i) {
        const double d = ratio[i % (sizeof ratio / sizeof *ratio)];
        const double radius = 0.5 + 0.6 * (double)(support_bits(&random) % 1000) / 1000.0;
        const double angle = PI * (double)(support_bits(&random) % 1000) / 1000.0;
        const struct tc_recurrence_delay cubic = tc_recurrence_delay_of(d, 4);
        const struct tc_recurrence_delay linear = tc_recurrence_delay_of(d, 2);
        struct tc_recurrence_delay found;

        know_eigenvalue(model, radius * cos(angle), radius * sin(angle));
        found = tc_stable_delay(model, d);
        const double complex e = radius * cos(angle) + radius * sin(angle) * I;
        const unsigned expected = shrinks(&cubic, e)    ? cubic.taps
                                  : shrinks(&linear, e) ? linear.taps
                                                        : 0;

        support_require(found.taps == expected, "e = %g at %g, d = %g: %u taps, expected %u",
                        radius, angle, d, found.taps, expected);
        ++*(expected ? &stable : &unstable);
    }
    ck_assert_uint_gt(stable, 5);
    ck_assert_uint_gt(unstable, 5);
    tc_model_free(model);
}
END_TEST

START_TEST(unstable_and_unknown_models_are_resampled)
{
    struct tc_model *const model = one_pole(0.5f, 44100.0);
    const struct tc_controls automatic = {0}, delay = {.rate = 2.0f};

    for (unsigned i = 0; i < 2; ++i) {
        if (i)
            know_eigenvalue(model, 1.01, 0.0);
        struct tc_player *const player = player_at(model, 48000.0);

        ck_assert(!tc_player_delays(model, 48000.0));
        ck_assert_uint_gt(tc_player_latency_frames(player, &delay), 0);
        ck_assert_uint_eq(tc_player_latency_frames(player, &delay),
                          tc_player_latency_frames(player, &automatic));
        tc_player_free(player);
    }
    tc_model_free(model);
}
END_TEST

/* Cubic interpolation by 1.088 frames is 0.0054 off at 5.7 kHz, the middle of the band. */
START_TEST(inaccurate_models_are_resampled)
{
    enum { BAND = TC_DELAY_BANDS / 4 };
    const float limit = 1e-6f / (0.0054f * 0.0054f);
    struct tc_model *const model = one_pole(0.5f, 44100.0);
    const struct tc_controls automatic = {0}, delay = {.rate = 2.0f};

    know_eigenvalue(model, 0.5, 0.0);
    model->knows_delay_sensitivity = true;
    for (unsigned i = 0; i < 2; ++i) {
        model->delay_sensitivity[BAND] = i ? 1.5f * limit : 0.5f * limit;
        struct tc_player *const player = player_at(model, 48000.0);

        ck_assert_double_eq_tol(tc_player_delay_error_db(model, 48000.0), i ? -58.2 : -63.0, 0.2);
        ck_assert_int_eq(tc_player_delays(model, 48000.0), i == 0);
        ck_assert_uint_eq(tc_player_latency_frames(player, &delay),
                          i ? tc_player_latency_frames(player, &automatic) : 0);
        tc_player_free(player);
    }
    ck_assert_double_eq(tc_player_delay_error_db(model, 88200.0), -(double)INFINITY);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------ changes */

enum { CHANGE = 6000, N_CHANGE = 16000 };

static void play_change(struct tc_player *player, const float *x, float *y, size_t block)
{
    const struct tc_controls before = {0}, after = {.rate = 2.0f, .oversampling = 2.0f};

    play_blocks(player, &before, x, y, CHANGE, block);
    play_blocks(player, &after, x + CHANGE, y + CHANGE, N_CHANGE - CHANGE, block);
}

/* A sine through a change: no step larger than a sine's own, silence, then the sine again, late by
 * the new latency; whatever the blocks. */
START_TEST(change_fades_through_silence)
{
    struct tc_model *const model = one_pole(0.0f, 44100.0);
    float *const x = support_zeros(N_CHANGE, sizeof *x), *const y =
                                                             support_zeros(N_CHANGE, sizeof *y);
    float *const again = support_zeros(N_CHANGE, sizeof *again);
    const struct tc_controls after = {.rate = 2.0f, .oversampling = 2.0f};
    const double w = 2.0 * PI * 100.0 / 48000.0;
    struct tc_player *player;
    size_t latency;

    know_eigenvalue(model, 0.0, 0.0);
    player = player_at(model, 48000.0);
    latency = tc_player_latency_frames(player, &after);
    for (size_t t = 0; t < N_CHANGE; ++t)
        x[t] = (float)sin(w * (double)t);
    play_change(player, x, y, 64);
    for (size_t t = 500; t < N_CHANGE; ++t)
        support_require(fabsf(y[t] - y[t - 1]) < 1.2 * w + 1.0 / RAMP_FRAMES, "a step at %zu", t);
    for (size_t t = CHANGE + RAMP_FRAMES; t < CHANGE + 2 * RAMP_FRAMES; ++t)
        ck_assert_float_eq(y[t], 0.0f);
    for (size_t t = CHANGE + 3 * RAMP_FRAMES + latency; t < N_CHANGE; ++t)
        ck_assert_float_eq_tol(y[t], x[t - latency], 2e-5f);
    for (size_t block = 1; block < 5000; block = 7 * block + 3) {
        tc_player_reset(player);
        play_change(player, x, again, block);
        ck_assert(support_same(y, again, N_CHANGE));
    }
    free(again);
    free(y);
    free(x);
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

/* ------------------------------------------------------------------ levels */

/* 5 Hz: 3.01 dB down there, a step decays as exp(-2 pi 5 t). */
START_TEST(dc_blocker_removes_a_constant)
{
    enum { N = 20000 };
    struct tc_model *const model = one_pole(0.0f, 48000.0);
    struct tc_player *const player = player_at(model, 48000.0);
    const struct tc_controls controls = {.dc_blocker = 1.0f};
    float *const x = support_zeros(N, sizeof *x), *const y = support_zeros(N, sizeof *y);

    for (size_t t = 100; t < N; ++t)
        x[t] = 0.5f;
    play_blocks(player, &controls, x, y, N, 333);
    for (size_t t = 0; t < 100; ++t)
        ck_assert_float_eq(y[t], 0.0f);
    for (size_t t = 100; t < N; ++t)
        ck_assert_double_eq_tol((double)y[t],
                                0.5 * exp(-2.0 * PI * 5.0 * (double)(t - 100) / 48000.0), 1e-6);
    tc_player_reset(player);
    ck_assert_double_eq_tol(20.0 * log10(cabs(response(player, &controls, 9600, 1))), -3.01, 0.01);
    free(y);
    free(x);
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

/* From -10 dB to -18 dB; a model of unknown loudness stays as it is. */
START_TEST(normalising_follows_the_loudness)
{
    struct player_fixture b = fixture_with_gain(1.0f);
    const float known[] = {-10.0f, NAN};
    const double gain[] = {pow(10.0, -8.0 / 20.0), 1.0};

    b.controls.normalise = 1.0f;
    b.model->meta.loudness_db = known[_i];
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_double_eq_tol((double)b.out.samples[t], gain[_i] * (double)b.in.samples[t], 1e-6);
    fixture_free(&b);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("rate_methods");

    tcase_add_loop_test(tests, oversampling_keeps_the_response, 0, 4);
    tcase_add_loop_test(tests, delayed_states_have_the_response_of_the_weights, 0, 5);
    tcase_add_loop_test(tests, whole_delay_is_two_players_in_turn, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, delay_is_stable_when_its_recursion_shrinks);
    tcase_add_test(tests, unstable_and_unknown_models_are_resampled);
    tcase_add_test(tests, inaccurate_models_are_resampled);
    tcase_add_test(tests, change_fades_through_silence);
    tcase_add_test(tests, dc_blocker_removes_a_constant);
    tcase_add_loop_test(tests, normalising_follows_the_loudness, 0, 2);
    return support_run_within(tests, "rate_methods", 120.0);
}
