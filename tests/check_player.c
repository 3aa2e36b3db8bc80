#include "failing_malloc.h"
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

/* At this rate a glide takes 960 frames. */
#define RATE_HZ 48000.0

enum { GLIDE = 960, FRAMES = 3000 };

/* A network of the list, a player of it, and signals for all of its channels. */
struct bench {
    struct tc_model *model;
    struct tc_player *player;
    struct tc_controls controls;
    unsigned channels;
    struct support_signals in, out;
};

static struct tc_player *player_new(const struct tc_model *model, unsigned channels)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, channels, RATE_HZ, NULL), TC_OK);
    return player;
}

static struct bench bench_of(struct tc_model *model, unsigned channels)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct bench b = {.model = model, .channels = channels};

    b.player = player_new(model, channels);
    tc_controls_init(&b.controls, model);
    b.in = support_noise(channels * arch->audio_inputs, FRAMES, 9, 1.0f);
    b.out = support_signals_new(channels * arch->outputs, FRAMES);
    return b;
}

static struct bench bench_new(int network, unsigned channels)
{
    return bench_of(support_model(&support_networks[network].arch, 13), channels);
}

/* A model whose output is its input times `direct`, to see the player alone. */
static struct bench bench_with_wire(float direct)
{
    static const float parameters[7] = {0};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = direct,
                                         .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};

    return bench_of(support_model_of(&arch, parameters), 1);
}

static void bench_free(struct bench *b)
{
    support_signals_free(&b->in);
    support_signals_free(&b->out);
    tc_player_free(b->player);
    tc_model_free(b->model);
}

static void run(struct tc_player *player, const struct tc_controls *controls,
                const struct support_signals *in, const struct support_signals *out, size_t start,
                size_t n)
{
    const struct support_buffers from = support_buffers(in, start);
    const struct support_buffers to = support_buffers(out, start);

    tc_player_process(player, controls, support_inputs(&from), to.row, n);
}

static void play(struct bench *b, size_t start, size_t n)
{
    run(b->player, &b->controls, &b->in, &b->out, start, n);
}

/* As play(), but in blocks of any length, 0 too. */
static void play_in_pieces(struct bench *b, size_t start, size_t n, uint64_t seed)
{
    struct support_random random = {seed};

    for (const size_t end = start + n; start < end;) {
        const size_t wish = support_bits(&random) % 150;
        const size_t piece = wish < end - start ? wish : end - start;

        play(b, start, piece);
        start += piece;
    }
}

static void check_output(const struct bench *b, const float *expected, size_t start, size_t n,
                         const char *what)
{
    for (size_t row = 0; row < b->out.rows; ++row)
        for (size_t t = start; t < start + n; ++t) {
            const size_t i = row * FRAMES + t;

            support_require(support_same(&b->out.samples[i], &expected[i], 1),
                            "%s: buffer %zu, frame %zu is %.9g, expected %.9g", what, row, t,
                            (double)b->out.samples[i], (double)expected[i]);
        }
}

/* Change one control: which of them, and to what. */
enum control { IN_GAIN, OUT_GAIN, DRY, BYPASS, KNOB, CONTROLS };

static void turn(struct tc_controls *controls, enum control which, float v)
{
    float *const control[CONTROLS] = {&controls->in_gain_db, &controls->out_gain_db, &controls->dry,
                                      &controls->bypass, &controls->knob[0]};

    *control[which] = v;
}

START_TEST(neutral_controls_change_no_bit)
{
    struct bench b = bench_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    struct tc_stream *const stream = support_stream(b.model, 2);
    struct support_signals knobs = support_signals_new(arch->knobs, FRAMES);
    struct support_signals expected = support_signals_new(b.out.rows, FRAMES);

    for (size_t i = 0; i < knobs.rows * FRAMES; ++i)
        knobs.samples[i] = 0.5f; /* initial */
    support_play(stream, &b.in, &knobs, &expected, 0, FRAMES);
    play_in_pieces(&b, 0, FRAMES, 1);
    check_output(&b, expected.samples, 0, FRAMES, support_networks[_i].name);
    support_signals_free(&expected);
    support_signals_free(&knobs);
    tc_stream_free(stream);
    bench_free(&b);
}
END_TEST

/* What each control turns 0.5 into once it has settled, by hand. */
static const struct {
    enum control which;
    float value, gain;
} settled[] = {{IN_GAIN, -20.0f, 0.1f}, {OUT_GAIN, 20.0f, 10.0f}, {DRY, 1.0f, 1.0f},
               {BYPASS, 1.0f, 1.0f},    {IN_GAIN, 0.0f, 1.0f},    {OUT_GAIN, -60.0f, 0.001f}};

enum { SETTLED = sizeof settled / sizeof *settled };

START_TEST(first_controls_apply_at_once)
{
    struct bench b = bench_with_wire(1.0f);

    turn(&b.controls, settled[_i].which, settled[_i].value);
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(b.out.samples[t] == settled[_i].gain * b.in.samples[t],
                        "frame %zu is %.9g, expected %.9g", t, (double)b.out.samples[t],
                        (double)(settled[_i].gain * b.in.samples[t]));
    bench_free(&b);
}
END_TEST

/* From the first frame of the call that brings the change, in a straight line, for 20 ms. */
START_TEST(changes_glide_for_20_ms)
{
    struct bench b = bench_with_wire(1.0f);
    const float change = (settled[_i].gain - 1.0f) / (float)GLIDE;
    const float rounding = (float)GLIDE * FLT_EPSILON * fmaxf(1.0f, settled[_i].gain);

    play(&b, 0, 100);
    turn(&b.controls, settled[_i].which, settled[_i].value);
    play(&b, 100, FRAMES - 100);
    for (size_t t = 0; t < 100; ++t)
        ck_assert_float_eq(b.out.samples[t], b.in.samples[t]);
    for (size_t t = 0; t < GLIDE; ++t) {
        const float gain = 1.0f + (float)(t + 1) * change, x = b.in.samples[100 + t];

        support_require(fabsf(b.out.samples[100 + t] - gain * x) <= rounding,
                        "frame %zu after the change is %.9g, expected %.9g", t,
                        (double)b.out.samples[100 + t], (double)(gain * x));
    }
    for (size_t t = 100 + GLIDE; t < FRAMES; ++t)
        support_require(b.out.samples[t] == settled[_i].gain * b.in.samples[t],
                        "frame %zu is %.9g, not settled", t, (double)b.out.samples[t]);
    bench_free(&b);
}
END_TEST

START_TEST(gains_act_before_and_after_the_model)
{
    struct bench b = bench_new(4, 1), louder = bench_new(4, 1);

    b.controls.in_gain_db = 20.0f;
    b.controls.out_gain_db = -20.0f;
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        louder.in.samples[t] *= 10.0f;
    play(&louder, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(b.out.samples[t] == 0.1f * louder.out.samples[t], "frame %zu", t);
    bench_free(&louder);
    bench_free(&b);
}
END_TEST

/* The input itself, to the bit, after whatever the other controls say. */
START_TEST(bypass_and_full_dry_give_the_input)
{
    struct bench b = bench_new(_i % SUPPORT_NETWORKS, 2);

    b.controls.in_gain_db = 7.0f;
    play(&b, 0, 50);
    turn(&b.controls, _i < SUPPORT_NETWORKS ? BYPASS : DRY, 1.0f);
    play_in_pieces(&b, 50, FRAMES - 50, 2);
    check_output(&b, b.in.samples, 50 + GLIDE, FRAMES - 50 - GLIDE, "bypassed");
    bench_free(&b);
}
END_TEST

START_TEST(half_dry_is_the_mean)
{
    struct bench wet = bench_new(_i, 1), b = bench_new(_i, 1);

    b.controls.dry = 0.5f;
    play(&b, 0, FRAMES);
    play(&wet, 0, FRAMES);
    for (size_t i = 0; i < b.out.rows * FRAMES; ++i)
        support_require(fabsf(b.out.samples[i] - 0.5f * (wet.out.samples[i] + b.in.samples[i])) <=
                            1e-6f,
                        "sample %zu is %.9g", i, (double)b.out.samples[i]);
    bench_free(&b);
    bench_free(&wet);
}
END_TEST

/* The model runs on while it is bypassed, so that switching back is no start. */
START_TEST(bypass_does_not_stop_the_model)
{
    struct bench b = bench_new(4, 1), on = bench_new(4, 1);

    b.controls.bypass = 1.0f;
    play(&b, 0, 500);
    b.controls.bypass = 0.0f;
    play(&b, 500, FRAMES - 500);
    play(&on, 0, FRAMES);
    check_output(&b, on.out.samples, 500 + GLIDE, FRAMES - 500 - GLIDE, "after bypass");
    bench_free(&on);
    bench_free(&b);
}
END_TEST

/* Every control changes at frame 700, again at 900 in mid-glide, and back at 2000. */
static void play_with_changes(struct bench *b, uint64_t seed)
{
    static const struct {
        size_t start, end;
        float in_gain_db, out_gain_db, dry, bypass, knob;
    } part[] = {{0, 700, 0.0f, 0.0f, 0.0f, 0.0f, 0.5f},
                {700, 900, 12.0f, -6.0f, 0.25f, 0.0f, 1.0f},
                {900, 2000, -12.0f, 3.0f, 0.75f, 1.0f, 0.0f},
                {2000, FRAMES, 0.0f, 0.0f, 0.0f, 0.0f, 0.5f}};

    for (size_t i = 0; i < sizeof part / sizeof *part; ++i) {
        b->controls.in_gain_db = part[i].in_gain_db;
        b->controls.out_gain_db = part[i].out_gain_db;
        b->controls.dry = part[i].dry;
        b->controls.bypass = part[i].bypass;
        b->controls.knob[0] = part[i].knob;
        if (seed)
            play_in_pieces(b, part[i].start, part[i].end - part[i].start, seed);
        else
            play(b, part[i].start, part[i].end - part[i].start);
    }
}

START_TEST(block_size_never_shows)
{
    struct bench whole = bench_new(_i, 2);

    play_with_changes(&whole, 0);
    for (uint64_t seed = 1; seed <= 3; ++seed) {
        struct bench b = bench_new(_i, 2);

        play_with_changes(&b, seed);
        check_output(&b, whole.out.samples, 0, FRAMES, support_networks[_i].name);
        bench_free(&b);
    }
    bench_free(&whole);
}
END_TEST

/* A call without frames is none: its controls are not heard of. */
START_TEST(no_frames_change_nothing)
{
    struct bench b = bench_new(4, 1), plain = bench_new(4, 1);
    struct tc_controls wild = b.controls;

    wild.in_gain_db = 24.0f;
    tc_player_process(b.player, &wild, NULL, NULL, 0);
    play(&b, 0, 100);
    tc_player_process(b.player, &wild, NULL, NULL, 0);
    play(&b, 100, FRAMES - 100);
    play(&plain, 0, FRAMES);
    check_output(&b, plain.out.samples, 0, FRAMES, "with empty calls");
    bench_free(&plain);
    bench_free(&b);
}
END_TEST

START_TEST(in_place_gives_the_same_bits)
{
    struct bench b = bench_new(_i, 2), expected = bench_new(_i, 2);

    play_with_changes(&expected, 0);
    support_signals_free(&b.out);
    b.out = b.in;
    play_with_changes(&b, 7);
    check_output(&b, expected.out.samples, 0, FRAMES, "in place");
    b.out.samples = NULL;
    bench_free(&expected);
    bench_free(&b);
}
END_TEST

/* Hosts may cross the buffers: nothing is written before all channels have read that frame. */
START_TEST(outputs_may_be_inputs_in_any_order)
{
    struct bench b = bench_new(_i, 3), expected = bench_new(_i, 3);
    const struct support_buffers in = support_buffers(&b.in, 0);
    struct support_buffers crossed = in;

    b.controls.dry = expected.controls.dry = 0.3f;
    play(&expected, 0, FRAMES);
    for (unsigned i = 0; i < b.out.rows; ++i)
        crossed.row[i] = in.row[b.out.rows - 1 - i];
    tc_player_process(b.player, &b.controls, support_inputs(&in), crossed.row, FRAMES);
    for (unsigned i = 0; i < b.out.rows; ++i)
        memcpy(b.out.samples + i * FRAMES, crossed.row[i], FRAMES * sizeof *b.out.samples);
    check_output(&b, expected.out.samples, 0, FRAMES, "crossed");
    bench_free(&expected);
    bench_free(&b);
}
END_TEST

START_TEST(channels_are_players_of_their_own)
{
    struct bench b = bench_new(_i, 3);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    struct support_signals alone = support_signals_new(b.out.rows, FRAMES);

    b.controls.dry = 0.3f;
    b.controls.in_gain_db = 2.0f;
    play(&b, 0, FRAMES);
    for (size_t c = 0; c < 3; ++c) {
        struct tc_player *const mono = player_new(b.model, 1);
        const struct support_signals in = {arch->audio_inputs, FRAMES,
                                           b.in.samples + c * arch->audio_inputs * FRAMES};
        const struct support_signals out = {arch->outputs, FRAMES,
                                            alone.samples + c * arch->outputs * FRAMES};

        run(mono, &b.controls, &in, &out, 0, FRAMES);
        tc_player_free(mono);
    }
    check_output(&b, alone.samples, 0, FRAMES, "against mono players");
    support_signals_free(&alone);
    bench_free(&b);
}
END_TEST

/* Hosts send anything. What each control must then act like: */
static const struct {
    enum control which;
    float sent, meant;
} wild[] = {
    {IN_GAIN, NAN, -60.0f},      {IN_GAIN, INFINITY, 24.0f}, {IN_GAIN, -INFINITY, -60.0f},
    {IN_GAIN, 1e30f, 24.0f},     {IN_GAIN, -1e30f, -60.0f},  {OUT_GAIN, NAN, -60.0f},
    {OUT_GAIN, INFINITY, 24.0f}, {OUT_GAIN, -1e30f, -60.0f}, {DRY, NAN, 0.0f},
    {DRY, INFINITY, 1.0f},       {DRY, -INFINITY, 0.0f},     {DRY, 1e30f, 1.0f},
    {DRY, -0.5f, 0.0f},          {BYPASS, NAN, 0.0f},        {BYPASS, INFINITY, 1.0f},
    {BYPASS, -INFINITY, 0.0f},   {BYPASS, 1e30f, 1.0f},      {BYPASS, 0.5f, 0.0f},
    {BYPASS, 0.51f, 1.0f},       {KNOB, NAN, 0.0f},          {KNOB, INFINITY, 1.0f},
    {KNOB, -INFINITY, 0.0f},     {KNOB, 1e30f, 1.0f},        {KNOB, -1e30f, 0.0f},
};

enum { WILD = sizeof wild / sizeof *wild };

/* As the first setting, then as a change. */
START_TEST(wild_controls_are_clamped)
{
    struct bench b = bench_new(7, 1), tame = bench_new(7, 1); /* a gru with knobs */
    const size_t half = FRAMES / 2;

    for (size_t reset = 0; reset < 2; ++reset) {
        if (!reset) {
            play(&b, 0, 100);
            play(&tame, 0, 100);
        }
        turn(&b.controls, wild[_i].which, wild[_i].sent);
        turn(&tame.controls, wild[_i].which, wild[_i].meant);
        play(&b, 100, half);
        play(&tame, 100, half);
        check_output(&b, tame.out.samples, 0, FRAMES, reset ? "from the start" : "as a change");
        tc_player_reset(b.player);
        tc_player_reset(tame.player);
    }
    bench_free(&tame);
    bench_free(&b);
}
END_TEST

START_TEST(wild_input_counts_as_zero_even_in_bypass)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct bench b = bench_new(4, 1), zero = bench_new(4, 1);

    b.controls.bypass = zero.controls.bypass = (float)(_i & 1);
    b.controls.dry = zero.controls.dry = 0.5f * (float)(_i >> 1);
    for (size_t i = 0; i < FRAMES; i += 7) {
        b.in.samples[i] = bad[i % 3];
        zero.in.samples[i] = 0.0f;
    }
    play(&b, 0, FRAMES);
    play(&zero, 0, FRAMES);
    check_output(&b, zero.out.samples, 0, FRAMES, "with NaN and infinities");
    bench_free(&zero);
    bench_free(&b);
}
END_TEST

/* The largest input and gains that there are: still no infinity leaves. */
START_TEST(huge_input_gives_finite_output)
{
    struct bench b = bench_with_wire(1.0f);

    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = i % 2 ? FLT_MAX : -FLT_MAX;
    b.controls.in_gain_db = b.controls.out_gain_db = TC_GAIN_MAX_DB;
    play(&b, 0, FRAMES / 2);
    b.controls.dry = 0.5f;
    b.controls.bypass = 1.0f;
    play(&b, FRAMES / 2, FRAMES / 2);
    for (size_t i = 0; i < FRAMES; ++i)
        support_require(isfinite(b.out.samples[i]), "frame %zu", i);
    bench_free(&b);
}
END_TEST

/* Wet minus dry would be infinite here. */
START_TEST(neutral_controls_pass_the_largest_output)
{
    struct bench b = bench_with_wire(-1.0f);

    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = FLT_MAX;
    play(&b, 0, FRAMES);
    for (size_t i = 0; i < FRAMES; ++i)
        support_require(b.out.samples[i] == -FLT_MAX, "frame %zu", i);
    bench_free(&b);
}
END_TEST

START_TEST(reset_makes_a_player_new)
{
    struct bench b = bench_new(_i, 2), fresh = bench_new(_i, 2);

    b.controls.in_gain_db = 12.0f;
    play(&b, 0, 500);
    b.controls.in_gain_db = -12.0f;
    b.controls.bypass = 1.0f;
    play(&b, 500, 100); /* in mid-glide */
    tc_player_reset(b.player);
    b.controls = fresh.controls;
    play_with_changes(&b, 0);
    play_with_changes(&fresh, 0);
    check_output(&b, fresh.out.samples, 0, FRAMES, "after a reset");
    bench_free(&fresh);
    bench_free(&b);
}
END_TEST

/* One channel leaves, another stays with all that has been heard; controls are the player's own. */
START_TEST(copied_channel_goes_on_where_it_was)
{
    enum { LEFT = 10 * TC_GUARD_FRAMES };
    struct bench b = bench_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const size_t in_at = arch->audio_inputs * FRAMES, out_at = arch->outputs * FRAMES;
    const struct support_signals in = {arch->audio_inputs, FRAMES, b.in.samples + in_at};
    struct support_signals out = support_signals_new(arch->outputs, FRAMES);
    struct tc_player *const mono = player_new(b.model, 1);

    b.controls.in_gain_db = 3.0f;
    b.controls.dry = 0.25f;
    play(&b, 0, LEFT);
    tc_player_copy_channel(mono, 0, b.player, 1);
    run(mono, &b.controls, &in, &out, LEFT, FRAMES - LEFT);
    play(&b, LEFT, FRAMES - LEFT);
    for (size_t o = 0; o < arch->outputs; ++o)
        ck_assert_msg(support_same(out.samples + o * FRAMES + LEFT,
                                   b.out.samples + out_at + o * FRAMES + LEFT, FRAMES - LEFT),
                      "%s: output %zu", support_networks[_i].name, o);
    tc_player_free(mono);
    support_signals_free(&out);
    bench_free(&b);
}
END_TEST

/* 20 ms at the rate of the host, whatever it is. */
START_TEST(glide_follows_the_rate)
{
    static const double rate_hz[] = {8000.0, 44100.0, 96000.0};
    static const size_t glide[] = {160, 882, 1920};
    struct bench b = bench_with_wire(1.0f);
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, b.model, 1, rate_hz[_i], NULL), TC_OK);
    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = 1.0f;
    run(player, &b.controls, &b.in, &b.out, 0, 10);
    b.controls.out_gain_db = 20.0f;
    run(player, &b.controls, &b.in, &b.out, 10, FRAMES - 10);
    ck_assert_float_gt(b.out.samples[10], 1.0f);
    ck_assert_float_lt(b.out.samples[10 + glide[_i] - 2], 10.0f);
    ck_assert_float_eq(b.out.samples[10 + glide[_i] - 1], 10.0f);
    tc_player_free(player);
    bench_free(&b);
}
END_TEST

START_TEST(arguments_are_checked)
{
    static const struct {
        unsigned channels;
        double rate_hz;
    } bad[] = {{0, RATE_HZ},     {TC_MAX_CHANNELS + 1, RATE_HZ}, {1, 0.0}, {1, -1.0},
               {1, (double)NAN}, {1, (double)INFINITY}};
    struct tc_model *const model = support_model(&support_networks[0].arch, 1);
    struct tc_player *player = NULL;
    struct tc_error error = {""};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        ck_assert_int_eq(tc_player_new(&player, model, bad[i].channels, bad[i].rate_hz, &error),
                         TC_BAD_ARGUMENT);
        ck_assert_ptr_null(player);
        ck_assert_str_ne(error.message, "");
    }
    tc_player_free(NULL);
    tc_model_free(model);
}
END_TEST

START_TEST(making_survives_every_failing_allocation)
{
    struct tc_model *const model = support_model(&support_networks[0].arch, 1);
    struct tc_player *player = NULL;
    struct tc_error error = {""};
    enum tc_status status;
    long needed;

    failing_malloc_start(-1);
    status = tc_player_new(&player, model, 2, RATE_HZ, NULL);
    needed = failing_malloc_stop();
    ck_assert_int_eq(status, TC_OK);
    ck_assert_int_ge(needed, 4);
    tc_player_free(player);
    player = NULL;
    for (long i = 0; i < needed; ++i) {
        failing_malloc_start(i);
        status = tc_player_new(&player, model, 2, RATE_HZ, &error);
        failing_malloc_stop();
        ck_assert_int_eq(status, TC_NO_MEMORY);
        ck_assert_ptr_null(player);
        ck_assert_ptr_nonnull(strstr(error.message, "out of memory for a"));
    }
    tc_model_free(model);
}
END_TEST

START_TEST(output_is_not_late)
{
    struct bench b = bench_new(0, 1);

    ck_assert_uint_eq(tc_player_latency_frames(b.player), 0);
    bench_free(&b);
}
END_TEST

#if defined(__SSE__)
START_TEST(floating_point_mode_of_the_caller_is_kept_and_does_not_matter)
{
    static const unsigned modes[] = {0x1f80 | 0x8040, 0x1f80 | 0x2000, 0x1f80 | 0x6000};
    struct bench b = bench_new(_i, 1), usual = bench_new(_i, 1);
    const unsigned mode = _mm_getcsr();

    play_with_changes(&usual, 0);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; ++m) {
        tc_player_reset(b.player);
        _mm_setcsr(modes[m]);
        play_with_changes(&b, 0);
        const unsigned after = _mm_getcsr();

        _mm_setcsr(mode);
        ck_assert_uint_eq(after, modes[m]);
        check_output(&b, usual.out.samples, 0, FRAMES, "in another floating point mode");
    }
    bench_free(&usual);
    bench_free(&b);
}
END_TEST
#endif

static void add_control_tests(TCase *tests)
{
    tcase_add_loop_test(tests, neutral_controls_change_no_bit, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, first_controls_apply_at_once, 0, SETTLED);
    tcase_add_loop_test(tests, changes_glide_for_20_ms, 0, SETTLED);
    tcase_add_test(tests, gains_act_before_and_after_the_model);
    tcase_add_loop_test(tests, bypass_and_full_dry_give_the_input, 0, 2 * SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, half_dry_is_the_mean, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, bypass_does_not_stop_the_model);
    tcase_add_loop_test(tests, wild_controls_are_clamped, 0, WILD);
    tcase_add_loop_test(tests, glide_follows_the_rate, 0, 3);
}

int main(void)
{
    TCase *const tests = tcase_create("player");

    add_control_tests(tests);
    tcase_add_loop_test(tests, block_size_never_shows, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, no_frames_change_nothing);
    tcase_add_loop_test(tests, in_place_gives_the_same_bits, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, outputs_may_be_inputs_in_any_order, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, channels_are_players_of_their_own, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, wild_input_counts_as_zero_even_in_bypass, 0, 4);
    tcase_add_test(tests, huge_input_gives_finite_output);
    tcase_add_test(tests, neutral_controls_pass_the_largest_output);
    tcase_add_loop_test(tests, reset_makes_a_player_new, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, copied_channel_goes_on_where_it_was, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, arguments_are_checked);
    tcase_add_test(tests, making_survives_every_failing_allocation);
    tcase_add_test(tests, output_is_not_late);
#if defined(__SSE__)
    tcase_add_loop_test(tests, floating_point_mode_of_the_caller_is_kept_and_does_not_matter, 0,
                        SUPPORT_NETWORKS);
#endif
    return support_run(tests, "player");
}
