#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Players at other rates than the model's. The model hands its input on, so that only the
 * conversions change the signal. */

static const struct rates {
    double model_hz, host_hz;
} rates[] = {{44100.0, 48000.0},         {48000.0, 44100.0}, {44100.0, 88200.0},
             {44100.0, 96000.0},         {96000.0, 44100.0}, {44100.0, 192000.0},
             {44100.0, 8000.0},          {8000.0, 44100.0},  {44100.0, 768000.0},
             {44100.0 / 1.001, 48000.0}, {44100.0, 47999.0}, {48000.0, 44099.5}};

enum { RATES = sizeof rates / sizeof *rates };

static const double PI = 3.14159265358979324;

/* y = x */
static struct tc_model *identity(double rate_hz)
{
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = 1.0f,
                                         .layer = {{TC_CELL_RNN, TC_TANH, 1}}};
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    size_t values;
    float *parameters;

    tc_architecture_tensors(&arch, NULL, &values);
    parameters = support_zeros(values, sizeof *parameters);
    tc_metadata_init(&meta);
    meta.sample_rate_hz = rate_hz;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    free(parameters);
    return model;
}

static void play(struct tc_player *player, const struct tc_model *model, const float *x, float *y,
                 size_t n, size_t block)
{
    struct tc_controls controls;

    tc_controls_init(&controls, model);
    for (size_t t = 0; t < n; t += block) {
        const float *const in = x + t;
        float *const out = y + t;

        tc_player_process(player, &controls, &in, &out, n - t < block ? n - t : block);
    }
}

static struct tc_player *player_at(const struct tc_model *model, double rate_hz)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, 1, rate_hz, NULL), TC_OK);
    return player;
}

/* The level in dB of what differs from the input, `latency` frames before, and of the output, both
 * against the input, after the frames in which the filters start. */
struct levels {
    double error_db, output_db;
};

static struct levels levels_of_sine(const struct rates *r, double frequency_hz)
{
    struct tc_model *const model = identity(r->model_hz);
    struct tc_player *const player = player_at(model, r->host_hz);
    const size_t latency = tc_player_latency_frames(player, &(struct tc_controls){0}),
                 n = 4 * latency + 4000;
    float *const x = support_zeros(n, sizeof *x), *const y = support_zeros(n, sizeof *y);
    double input = 0.0, error = 0.0, output = 0.0;

    for (size_t t = 0; t < n; ++t)
        x[t] = (float)(0.5 * sin(2.0 * PI * frequency_hz / r->host_hz * (double)t));
    play(player, model, x, y, n, 256);
    for (size_t t = 3 * latency; t < n; ++t) {
        const double expected = (double)x[t - latency], found = (double)y[t];

        input += expected * expected;
        output += found * found;
        error += (found - expected) * (found - expected);
    }
    free(y);
    free(x);
    tc_player_free(player);
    tc_model_free(model);
    return (struct levels){10.0 * log10(error / input), 10.0 * log10(output / input)};
}

/* The output is the input, `latency` frames later: what a filter changes and folds is in this. */
START_TEST(sines_of_the_pass_band_return_unchanged)
{
    static const double part[] = {0.001, 0.1, 0.37, 0.75, 0.97, 1.0};
    const struct rates *const r = &rates[_i];
    const double edge_hz = fmin(r->model_hz, r->host_hz) * 20.0 / 44.1;

    for (size_t i = 0; i < sizeof part / sizeof *part; ++i)
        ck_assert_double_lt(levels_of_sine(r, part[i] * edge_hz).error_db, -100.0);
}
END_TEST

/* What the model's rate cannot hold is silent, instead of another frequency. */
START_TEST(sines_above_the_stop_band_edge_vanish)
{
    static const double part[] = {1.0, 1.03, 1.5, 1.9};
    const struct rates *const r = &rates[_i];
    const double edge_hz = r->model_hz * (1.0 - 20.0 / 44.1);

    for (size_t i = 0; i < sizeof part / sizeof *part; ++i)
        if (part[i] * edge_hz < r->host_hz / 2.0)
            ck_assert_double_lt(levels_of_sine(r, part[i] * edge_hz).output_db, -100.0);
}
END_TEST

START_TEST(latency_is_short)
{
    const struct rates *const r = &rates[_i];
    struct tc_model *const model = identity(r->model_hz);
    struct tc_player *const player = player_at(model, r->host_hz);
    const double lower_hz = fmin(r->model_hz, r->host_hz);

    ck_assert(tc_player_converts(model, r->host_hz));
    ck_assert_double_le(
        tc_player_latency_frames(player, &(struct tc_controls){0}) * lower_hz / r->host_hz, 85.0);
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

START_TEST(output_does_not_depend_on_the_blocks)
{
    enum { N = 5000 };
    static const size_t block[] = {1, 7, 64, 1023, N};
    const struct rates *const r = &rates[_i];
    struct tc_model *const model = identity(r->model_hz);
    struct support_signals noise = support_noise(1, N, 1, 1.0f);
    struct tc_player *const player = player_at(model, r->host_hz);
    float *const first = support_zeros(N, sizeof *first), *const y = support_zeros(N, sizeof *y);

    play(player, model, noise.samples, first, N, 100);
    for (size_t i = 0; i < sizeof block / sizeof *block; ++i) {
        tc_player_reset(player);
        play(player, model, noise.samples, y, N, block[i]);
        ck_assert(support_same(y, first, N));
    }
    tc_player_free(player);
    free(y);
    free(first);
    support_signals_free(&noise);
    tc_model_free(model);
}
END_TEST

/* Of the model's own rate, of an unknown one, and beyond the range. */
START_TEST(other_players_convert_nothing)
{
    static const struct rates same[] = {
        {44100.0, 44100.0}, {0.0, 48000.0}, {48000.0, 48000.0 * 129.0}, {48000.0, 300.0}};

    for (size_t i = 0; i < sizeof same / sizeof *same; ++i) {
        struct tc_model *const model = identity(same[i].model_hz);
        struct tc_player *const player = player_at(model, same[i].host_hz);
        const float x[3] = {0.5f, -1.0f, 0.25f};
        float y[3];

        ck_assert(!tc_player_converts(model, same[i].host_hz));
        ck_assert_uint_eq(tc_player_latency_frames(player, &(struct tc_controls){0}), 0);
        play(player, model, x, y, 3, 3);
        ck_assert_mem_eq(x, y, sizeof x);
        tc_player_free(player);
        tc_model_free(model);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("resampler");

    tcase_add_loop_test(tests, sines_of_the_pass_band_return_unchanged, 0, RATES);
    tcase_add_loop_test(tests, sines_above_the_stop_band_edge_vanish, 0, RATES);
    tcase_add_loop_test(tests, latency_is_short, 0, RATES);
    tcase_add_loop_test(tests, output_does_not_depend_on_the_blocks, 0, RATES);
    tcase_add_test(tests, other_players_convert_nothing);
    return support_run_within(tests, "resampler", 120.0);
}
