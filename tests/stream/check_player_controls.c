#include "player_fixture.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The effect of each control of a player, and its ramp. */

/* One of the controls, to be changed. */
enum control { IN_GAIN, OUT_GAIN, DRY, BYPASS, KNOB, CONTROLS };

static void set_control(struct tc_controls *controls, enum control which, float v)
{
    float *const control[CONTROLS] = {&controls->in_gain_db, &controls->out_gain_db, &controls->dry,
                                      &controls->bypass, &controls->knob[0]};

    *control[which] = v;
}

START_TEST(neutral_controls_change_no_bit)
{
    struct player_fixture b = fixture_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    struct tc_stream *const stream = support_stream(b.model, 2);
    struct support_signals knobs = support_signals_new(arch->knobs, FRAMES);
    struct support_signals expected = support_signals_new(b.out.rows, FRAMES);

    for (size_t i = 0; i < knobs.rows * FRAMES; ++i)
        knobs.samples[i] = 0.5f; /* initial */
    support_play(stream, &b.in, &knobs, &expected, 0, FRAMES);
    play_in_blocks(&b, 0, FRAMES, 1);
    check_output(&b, expected.samples, 0, FRAMES, support_networks[_i].name);
    support_signals_free(&expected);
    support_signals_free(&knobs);
    tc_stream_free(stream);
    fixture_free(&b);
}
END_TEST

/* The output for an input of 0.5 after each control's ramp, calculated by hand. */
static const struct {
    enum control which;
    float value, gain;
} settled[] = {{IN_GAIN, -20.0f, 0.1f}, {OUT_GAIN, 20.0f, 10.0f}, {DRY, 1.0f, 1.0f},
               {BYPASS, 1.0f, 1.0f},    {IN_GAIN, 0.0f, 1.0f},    {OUT_GAIN, -60.0f, 0.001f}};

enum { SETTLED = sizeof settled / sizeof *settled };

START_TEST(first_controls_apply_at_once)
{
    struct player_fixture b = fixture_with_gain(1.0f);

    set_control(&b.controls, settled[_i].which, settled[_i].value);
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(b.out.samples[t] == settled[_i].gain * b.in.samples[t],
                        "frame %zu is %.9g, expected %.9g", t, (double)b.out.samples[t],
                        (double)(settled[_i].gain * b.in.samples[t]));
    fixture_free(&b);
}
END_TEST

/* Linearly from the first frame of the call with the change, for 20 ms. */
START_TEST(changes_ramp_for_20_ms)
{
    struct player_fixture b = fixture_with_gain(1.0f);
    const float change = (settled[_i].gain - 1.0f) / (float)RAMP_FRAMES;
    const float rounding = (float)RAMP_FRAMES * FLT_EPSILON * fmaxf(1.0f, settled[_i].gain);

    play(&b, 0, 100);
    set_control(&b.controls, settled[_i].which, settled[_i].value);
    play(&b, 100, FRAMES - 100);
    for (size_t t = 0; t < 100; ++t)
        ck_assert_float_eq(b.out.samples[t], b.in.samples[t]);
    for (size_t t = 0; t < RAMP_FRAMES; ++t) {
        const float gain = 1.0f + (float)(t + 1) * change, x = b.in.samples[100 + t];

        support_require(fabsf(b.out.samples[100 + t] - gain * x) <= rounding,
                        "frame %zu after the change is %.9g, expected %.9g", t,
                        (double)b.out.samples[100 + t], (double)(gain * x));
    }
    for (size_t t = 100 + RAMP_FRAMES; t < FRAMES; ++t)
        support_require(b.out.samples[t] == settled[_i].gain * b.in.samples[t],
                        "frame %zu is %.9g, not settled", t, (double)b.out.samples[t]);
    fixture_free(&b);
}
END_TEST

START_TEST(gains_act_before_and_after_the_model)
{
    struct player_fixture b = fixture_new(4, 1), louder = fixture_new(4, 1);

    b.controls.in_gain_db = 20.0f;
    b.controls.out_gain_db = -20.0f;
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        louder.in.samples[t] *= 10.0f;
    play(&louder, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(b.out.samples[t] == 0.1f * louder.out.samples[t], "frame %zu", t);
    fixture_free(&louder);
    fixture_free(&b);
}
END_TEST

/* The dry signal of each output: the input of the same number in its channel, or the first where
 * there are fewer. */
static float *dry_signals(const struct player_fixture *b)
{
    const struct tc_architecture *const arch = tc_model_architecture(b->model);
    float *const dry = support_zeros(b->out.rows * FRAMES, sizeof *dry);

    for (unsigned row = 0; row < b->out.rows; ++row) {
        const unsigned channel = row / arch->outputs, output = row % arch->outputs;
        const unsigned input = output < arch->audio_inputs ? output : 0;

        memcpy(dry + row * FRAMES, b->in.samples + (channel * arch->audio_inputs + input) * FRAMES,
               FRAMES * sizeof *dry);
    }
    return dry;
}

/* The input bit for bit, whatever the other controls. */
START_TEST(bypass_and_full_dry_give_the_input)
{
    struct player_fixture b = fixture_new(_i % SUPPORT_NETWORKS, 2);
    float *const dry = dry_signals(&b);

    b.controls.in_gain_db = 7.0f;
    play(&b, 0, 50);
    set_control(&b.controls, _i < SUPPORT_NETWORKS ? BYPASS : DRY, 1.0f);
    play_in_blocks(&b, 50, FRAMES - 50, 2);
    check_output(&b, dry, 50 + RAMP_FRAMES, FRAMES - 50 - RAMP_FRAMES, "bypassed");
    free(dry);
    fixture_free(&b);
}
END_TEST

START_TEST(half_dry_is_the_mean_of_dry_and_wet)
{
    struct player_fixture wet = fixture_new(_i, 1), b = fixture_new(_i, 1);

    b.controls.dry = 0.5f;
    play(&b, 0, FRAMES);
    play(&wet, 0, FRAMES);
    for (size_t i = 0; i < b.out.rows * FRAMES; ++i)
        support_require(fabsf(b.out.samples[i] - 0.5f * (wet.out.samples[i] + b.in.samples[i])) <=
                            1e-6f,
                        "sample %zu is %.9g", i, (double)b.out.samples[i]);
    fixture_free(&b);
    fixture_free(&wet);
}
END_TEST

/* The model runs while it is bypassed: its state is current when bypass ends. */
START_TEST(model_runs_during_bypass)
{
    struct player_fixture b = fixture_new(4, 1), on = fixture_new(4, 1);

    b.controls.bypass = 1.0f;
    play(&b, 0, 500);
    b.controls.bypass = 0.0f;
    play(&b, 500, FRAMES - 500);
    play(&on, 0, FRAMES);
    check_output(&b, on.out.samples, 500 + RAMP_FRAMES, FRAMES - 500 - RAMP_FRAMES, "after bypass");
    fixture_free(&on);
    fixture_free(&b);
}
END_TEST

/* Controls out of range, and the value that each is clamped to. */
static const struct {
    enum control which;
    float sent, meant;
} extreme[] = {
    {IN_GAIN, NAN, -60.0f},      {IN_GAIN, INFINITY, 24.0f}, {IN_GAIN, -INFINITY, -60.0f},
    {IN_GAIN, 1e30f, 24.0f},     {IN_GAIN, -1e30f, -60.0f},  {OUT_GAIN, NAN, -60.0f},
    {OUT_GAIN, INFINITY, 24.0f}, {OUT_GAIN, -1e30f, -60.0f}, {DRY, NAN, 0.0f},
    {DRY, INFINITY, 1.0f},       {DRY, -INFINITY, 0.0f},     {DRY, 1e30f, 1.0f},
    {DRY, -0.5f, 0.0f},          {BYPASS, NAN, 0.0f},        {BYPASS, INFINITY, 1.0f},
    {BYPASS, -INFINITY, 0.0f},   {BYPASS, 1e30f, 1.0f},      {BYPASS, 0.5f, 0.0f},
    {BYPASS, 0.51f, 1.0f},       {KNOB, NAN, 0.0f},          {KNOB, INFINITY, 1.0f},
    {KNOB, -INFINITY, 0.0f},     {KNOB, 1e30f, 1.0f},        {KNOB, -1e30f, 0.0f},
};

enum { EXTREME = sizeof extreme / sizeof *extreme };

/* As the initial value, then as a change. */
START_TEST(extreme_controls_are_clamped)
{
    struct player_fixture b = fixture_new(7, 1),
                          expected = fixture_new(7, 1); /* a gru with knobs */
    const size_t half = FRAMES / 2;

    for (size_t reset = 0; reset < 2; ++reset) {
        if (!reset) {
            play(&b, 0, 100);
            play(&expected, 0, 100);
        }
        set_control(&b.controls, extreme[_i].which, extreme[_i].sent);
        set_control(&expected.controls, extreme[_i].which, extreme[_i].meant);
        play(&b, 100, half);
        play(&expected, 100, half);
        check_output(&b, expected.out.samples, 0, FRAMES, reset ? "from the start" : "as a change");
        tc_player_reset(b.player);
        tc_player_reset(expected.player);
    }
    fixture_free(&expected);
    fixture_free(&b);
}
END_TEST

/* 20 ms at the rate of the host, whatever it is; the model has another, so that the output takes
 * its time to be 1. */
START_TEST(ramp_length_follows_the_sample_rate)
{
    static const double rate_hz[] = {8000.0, 44100.0, 96000.0};
    static const size_t ramp[] = {160, 882, 1920};
    enum { START = 600 };
    struct player_fixture b = fixture_with_gain(1.0f);
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, b.model, 1, rate_hz[_i], NULL), TC_OK);
    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = 1.0f;
    run_player(player, &b.controls, &b.in, &b.out, 0, START);
    b.controls.out_gain_db = 20.0f;
    run_player(player, &b.controls, &b.in, &b.out, START, FRAMES - START);
    ck_assert_float_eq_tol(b.out.samples[START - 1], 1.0f, 1e-5f);
    ck_assert_float_gt(b.out.samples[START], 1.001f);
    ck_assert_float_lt(b.out.samples[START + ramp[_i] - 2], 9.999f);
    ck_assert_float_eq_tol(b.out.samples[START + ramp[_i] - 1], 10.0f, 1e-4f);
    tc_player_free(player);
    fixture_free(&b);
}
END_TEST

/* Up to +24 dBFS (16) nothing is changed; louder frames stay below +60 dBFS (1000), by the formula
 * in double. The dry signal has no ceiling. */
START_TEST(loud_outputs_stay_below_the_ceiling)
{
    static const float loud[] = {15.99f, 16.0f, 16.01f, -100.0f, 1000.0f, -1e30f, 3e38f};
    struct player_fixture b = fixture_with_gain(1.0f);

    for (size_t t = 0; t < FRAMES; ++t)
        b.in.samples[t] = loud[t % (sizeof loud / sizeof *loud)];
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t) {
        const double x = fabs((double)b.in.samples[t]), u = (x - 16.0) / 984.0;
        const double expected = x > 16.0 ? 16.0 + 984.0 * (1.0 - 1.0 / (1.0 + u)) : x;
        const double y = (double)b.out.samples[t] * (b.in.samples[t] < 0.0f ? -1.0 : 1.0);

        support_require(x > 16.0 ? fabs(y - expected) <= 1e-4 * expected && y <= 1000.0 : y == x,
                        "frame %zu: %.9g becomes %.9g, expected %.9g", t, x, y, expected);
    }
    set_control(&b.controls, BYPASS, 1.0f);
    play(&b, 0, FRAMES);
    check_output(&b, b.in.samples, RAMP_FRAMES, FRAMES - RAMP_FRAMES, "bypass");
    fixture_free(&b);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("player_controls");

    tcase_add_loop_test(tests, neutral_controls_change_no_bit, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, first_controls_apply_at_once, 0, SETTLED);
    tcase_add_loop_test(tests, changes_ramp_for_20_ms, 0, SETTLED);
    tcase_add_test(tests, gains_act_before_and_after_the_model);
    tcase_add_loop_test(tests, bypass_and_full_dry_give_the_input, 0, 2 * SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, half_dry_is_the_mean_of_dry_and_wet, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, model_runs_during_bypass);
    tcase_add_test(tests, loud_outputs_stay_below_the_ceiling);
    tcase_add_loop_test(tests, extreme_controls_are_clamped, 0, EXTREME);
    tcase_add_loop_test(tests, ramp_length_follows_the_sample_rate, 0, 3);
    return support_run(tests, "player_controls");
}
