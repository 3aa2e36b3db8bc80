#include "tests/support/failing_malloc.h"
#include "player/player.h"
#include "player_fixture.h"
#include "test_converters.h"

#include <stdlib.h>
#include <string.h>

/* A player whose model runs at another rate than the host: only the latency is visible. */

enum kind { DOUBLE_RATE, TWO_THIRDS, TWO_THIRDS_LATE, KINDS };

static const char *const kind_name[KINDS] = {"double rate", "two thirds", "two thirds, late"};

/* Calculated by hand: the delay, plus the two frames that the first of a group of three waits. */
static const unsigned delay_frames[KINDS] = {0, 0, 40}, latency_frames[KINDS] = {0, 2, 42};

/* Networks with one and more layers, inputs, outputs and knobs. */
static const int network[] = {0, 3, 4, 5, 7, 12};

enum { NETWORKS = sizeof network / sizeof *network, CASES = NETWORKS * KINDS };

static void converter_init(struct test_converter *converter, enum kind kind,
                           const struct tc_model *model, unsigned channels)
{
    if (kind == DOUBLE_RATE)
        double_rate_init(converter, model, channels, RATE_HZ);
    else
        two_thirds_init(converter, model, channels, RATE_HZ, delay_frames[kind]);
}

static struct tc_player *converting_player(const struct tc_model *model, unsigned channels,
                                           struct test_converter *converter)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(
        tc_player_new_converting(&player, model, channels, RATE_HZ, &converter->base, NULL), TC_OK);
    return player;
}

/* Give the player of the fixture a converter. */
static struct player_fixture with_converter(struct player_fixture b, enum kind kind,
                                            struct test_converter *converter)
{
    converter_init(converter, kind, b.model, b.channels);
    tc_player_free(b.player);
    b.player = converting_player(b.model, b.channels, converter);
    return b;
}

/* Case _i of the loops over networks and kinds. */
static struct player_fixture case_new(int i, unsigned channels, struct test_converter *converter)
{
    return with_converter(fixture_new(network[i / KINDS], channels), (enum kind)(i % KINDS),
                          converter);
}

/* ------------------------------------------------------------------ the input of the model */

static float late(const float *x, size_t frame, size_t delay)
{
    return frame < delay ? 0.0f : x[frame - delay];
}

/* Frame t of the model's input, and the frame of its output that is frame t of the player's output,
 * apart from `latency - delay` frames. */
static float model_input(enum kind kind, const float *x, size_t t)
{
    return kind == DOUBLE_RATE ? x[t / 2] : late(x, t / 2 * 3 + t % 2 * 2, delay_frames[kind]);
}

static size_t model_frame(enum kind kind, size_t t)
{
    return kind == DOUBLE_RATE ? 2 * t : t / 3 * 2 + (t % 3 != 0);
}

static struct support_signals model_inputs(const struct player_fixture *b, enum kind kind)
{
    const size_t frames = kind == DOUBLE_RATE ? 2 * FRAMES : FRAMES / 3 * 2;
    struct support_signals in = support_signals_new(b->in.rows, frames);

    for (size_t row = 0; row < in.rows; ++row)
        for (size_t t = 0; t < frames; ++t)
            in.samples[row * frames + t] = model_input(kind, b->in.samples + row * FRAMES, t);
    return in;
}

static void host_outputs(const struct support_signals *from, enum kind kind,
                         const struct support_signals *out)
{
    const size_t pending = latency_frames[kind] - delay_frames[kind];

    for (size_t row = 0; row < out->rows; ++row)
        for (size_t t = pending; t < FRAMES; ++t)
            out->samples[row * FRAMES + t] =
                from->samples[row * from->frames + model_frame(kind, t - pending)];
}

START_TEST(model_runs_at_its_own_rate)
{
    const enum kind kind = (enum kind)(_i % KINDS);
    struct test_converter converter;
    struct player_fixture b = case_new(_i, 2, &converter);
    struct tc_stream *const stream = support_stream(b.model, 2);
    struct support_signals in = model_inputs(&b, kind);
    struct support_signals out = support_signals_new(b.out.rows, in.frames);
    struct support_signals expected = support_signals_new(b.out.rows, FRAMES);
    struct support_signals knobs =
        support_signals_new(tc_model_architecture(b.model)->knobs, in.frames);

    for (size_t i = 0; i < knobs.rows * knobs.frames; ++i)
        knobs.samples[i] = b.controls.knob[0];
    support_play(stream, &in, &knobs, &out, 0, in.frames);
    host_outputs(&out, kind, &expected);
    play_in_blocks(&b, 0, FRAMES, 1);
    check_output(&b, expected.samples, 0, FRAMES, kind_name[kind]);
    support_signals_free(&knobs);
    support_signals_free(&expected);
    support_signals_free(&out);
    support_signals_free(&in);
    tc_stream_free(stream);
    fixture_free(&b);
}
END_TEST

/* ------------------------------------------------------------------ the output of the player */

START_TEST(block_size_does_not_change_the_output)
{
    struct test_converter converter;
    struct player_fixture whole = case_new(_i, 2, &converter);

    play_with_changes(&whole, 0);
    for (uint64_t seed = 1; seed <= 3; ++seed) {
        struct player_fixture b = case_new(_i, 2, &converter);

        play_with_changes(&b, seed);
        check_output(&b, whole.out.samples, 0, FRAMES, kind_name[_i % KINDS]);
        fixture_free(&b);
    }
    fixture_free(&whole);
}
END_TEST

START_TEST(output_has_as_many_frames_as_the_input)
{
    struct test_converter converter;
    struct player_fixture b = case_new(_i, 1, &converter);

    for (size_t n = 0; n < 200; ++n) {
        for (size_t t = 0; t < FRAMES; ++t)
            b.out.samples[t] = 42.0f;
        play(&b, 1, n);
        for (size_t t = 0; t < FRAMES; ++t)
            support_require((b.out.samples[t] == 42.0f) == (t < 1 || t > n),
                            "%zu frames, frame %zu", n, t);
    }
    fixture_free(&b);
}
END_TEST

static void check_is_late_input(const struct player_fixture *b, unsigned latency, size_t start,
                                const char *what)
{
    float *const expected = support_zeros(FRAMES, sizeof *expected);

    for (size_t t = 0; t < FRAMES; ++t)
        expected[t] = late(b->in.samples, t, latency);
    check_output(b, expected, start, FRAMES - start, what);
    free(expected);
}

START_TEST(bypass_and_dry_are_the_input_delayed_by_the_latency)
{
    const unsigned latency = latency_frames[_i % KINDS];
    struct test_converter converter;
    struct player_fixture b =
        with_converter(fixture_new(0, 1), (enum kind)(_i % KINDS), &converter);

    *(_i < KINDS ? &b.controls.bypass : &b.controls.dry) = 1.0f;
    b.controls.in_gain_db = 7.0f;
    play_in_blocks(&b, 0, FRAMES, 3);
    check_is_late_input(&b, latency, 0, "from the start");
    tc_player_reset(b.player);
    *(_i < KINDS ? &b.controls.bypass : &b.controls.dry) = 0.0f;
    play(&b, 0, 10);
    *(_i < KINDS ? &b.controls.bypass : &b.controls.dry) = 1.0f;
    play_in_blocks(&b, 10, FRAMES - 10, 4);
    check_is_late_input(&b, latency, 10 + RAMP_FRAMES, "as a change");
    fixture_free(&b);
}
END_TEST

/* The frame of the output at which a single input sample, at the first frame of a group, appears
 * with a model that is the identity. */
static size_t measured_latency(struct player_fixture *b, enum kind kind)
{
    const size_t impulse = 300 - delay_frames[kind] % 3;
    size_t at = 0;

    memset(b->in.samples, 0, FRAMES * sizeof *b->in.samples);
    b->in.samples[impulse] = 0.25f;
    play_in_blocks(b, 0, FRAMES, 5);
    while (at < FRAMES && b->out.samples[at] == 0.0f)
        ++at;
    ck_assert_uint_lt(at, FRAMES);
    ck_assert_float_eq(b->out.samples[at], 0.25f);
    return at - impulse;
}

START_TEST(latency_matches_the_measured_delay)
{
    struct test_converter converter;
    struct player_fixture b = with_converter(fixture_with_gain(1.0f), (enum kind)_i, &converter);

    ck_assert_uint_eq(tc_player_latency_frames(b.player, &b.controls), latency_frames[_i]);
    ck_assert_uint_eq(measured_latency(&b, (enum kind)_i), latency_frames[_i]);
    fixture_free(&b);
}
END_TEST

/* A model whose output is the value of its knob. */
static struct player_fixture knob_fixture(void)
{
    static const float parameters[] = {0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .knobs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};

    return fixture_of(support_model_of(&arch, parameters), 1);
}

/* To one frame of the model, which may be two of the host. */
START_TEST(knobs_ramp_for_20_ms_at_the_model_rate)
{
    struct test_converter converter;
    struct player_fixture b = with_converter(knob_fixture(), (enum kind)_i, &converter);
    const size_t pending = latency_frames[_i] - delay_frames[_i];
    size_t at = 300;

    play(&b, 0, 300);
    b.controls.knob[0] = 1.0f;
    play_in_blocks(&b, 300, FRAMES - 300, 6);
    while (at < FRAMES && b.out.samples[at] != 1.0f)
        ++at;
    ck_assert_uint_ge(at, 300 + RAMP_FRAMES + pending - 2);
    ck_assert_uint_le(at, 300 + RAMP_FRAMES + pending + 2);
    fixture_free(&b);
}
END_TEST

START_TEST(in_place_gives_the_same_bits)
{
    struct test_converter converter, other;
    struct player_fixture b = case_new(_i, 2, &converter), expected = case_new(_i, 2, &other);

    check_in_place(&b, &expected);
    fixture_free(&expected);
    fixture_free(&b);
}
END_TEST

START_TEST(reset_player_equals_a_new_one)
{
    struct test_converter converter, other;
    struct player_fixture b = case_new(_i, 2, &converter), fresh = case_new(_i, 2, &other);

    b.controls.in_gain_db = 12.0f;
    play(&b, 0, 500);
    b.controls.bypass = 1.0f;
    play(&b, 500, 101); /* in mid-ramp and mid-group */
    check_reset(&b, &fresh);
    fixture_free(&fresh);
    fixture_free(&b);
}
END_TEST

/* After a whole number of groups, of delays and of TC_GUARD_FRAMES of the model. */
START_TEST(copied_channel_continues_from_its_state)
{
    enum { COPIED_AT = 15 * TC_GUARD_FRAMES };
    struct test_converter converter, mono_converter;
    struct player_fixture b = case_new(_i, 2, &converter);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals in = {arch->audio_inputs, FRAMES,
                                       b.in.samples + arch->audio_inputs * FRAMES};
    struct support_signals out = support_signals_new(arch->outputs, FRAMES);
    struct tc_player *mono;

    converter_init(&mono_converter, (enum kind)(_i % KINDS), b.model, 1);
    mono = converting_player(b.model, 1, &mono_converter);
    b.controls.dry = 0.25f;
    play(&b, 0, COPIED_AT);
    tc_player_copy_channel(mono, 0, b.player, 1);
    run_player(mono, &b.controls, &in, &out, COPIED_AT, FRAMES - COPIED_AT);
    play(&b, COPIED_AT, FRAMES - COPIED_AT);
    check_channel(&b, 1, out.samples, COPIED_AT, kind_name[_i % KINDS]);
    tc_player_free(mono);
    support_signals_free(&out);
    fixture_free(&b);
}
END_TEST

/* ------------------------------------------------------------------ memory */

START_TEST(playing_allocates_nothing)
{
    struct test_converter converter;
    struct player_fixture b = case_new(_i, 2, &converter);
    const struct support_buffers in = support_buffers(&b.in, 0), out = support_buffers(&b.out, 0);
    long allocations;

    failing_malloc_start(0);
    tc_player_process(b.player, &b.controls, support_inputs(&in), out.row, 1000);
    tc_player_copy_channel(b.player, 0, b.player, 1);
    tc_player_reset(b.player);
    allocations = failing_malloc_stop();
    ck_assert_int_eq(allocations, 0);
    fixture_free(&b);
}
END_TEST

START_TEST(creation_survives_every_failing_allocation)
{
    struct tc_model *const model = support_model(&support_networks[0].arch, 1);
    struct test_converter converter;
    struct tc_player *player = NULL;
    bool failed;
    long i = -1;

    converter_init(&converter, TWO_THIRDS_LATE, model, 2);
    do {
        failing_malloc_start(++i);
        failed = failing_malloc_failed(
            tc_player_new_converting(&player, model, 2, RATE_HZ, &converter.base, NULL));
        ck_assert(failed == !player);
    } while (failed);
    ck_assert_int_ge(i, 5);
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("player_rates");

    tcase_add_loop_test(tests, model_runs_at_its_own_rate, 0, CASES);
    tcase_add_loop_test(tests, block_size_does_not_change_the_output, 0, CASES);
    tcase_add_loop_test(tests, output_has_as_many_frames_as_the_input, 0, KINDS);
    tcase_add_loop_test(tests, bypass_and_dry_are_the_input_delayed_by_the_latency, 0, 2 * KINDS);
    tcase_add_loop_test(tests, latency_matches_the_measured_delay, 0, KINDS);
    tcase_add_loop_test(tests, knobs_ramp_for_20_ms_at_the_model_rate, 0, KINDS);
    tcase_add_loop_test(tests, in_place_gives_the_same_bits, 0, CASES);
    tcase_add_loop_test(tests, reset_player_equals_a_new_one, 0, CASES);
    tcase_add_loop_test(tests, copied_channel_continues_from_its_state, 0, CASES);
    tcase_add_loop_test(tests, playing_allocates_nothing, 0, CASES);
    tcase_add_test(tests, creation_survives_every_failing_allocation);
    return support_run(tests, "player_rates");
}
