#include "tests/support/failing_malloc.h"
#include "player_fixture.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

/* The output of a player does not depend on block sizes and buffers, and is finite for any input.
 */

START_TEST(block_size_does_not_change_the_output)
{
    struct player_fixture whole = fixture_new(_i, 2);

    play_with_changes(&whole, 0);
    for (uint64_t seed = 1; seed <= 3; ++seed) {
        struct player_fixture b = fixture_new(_i, 2);

        play_with_changes(&b, seed);
        check_output(&b, whole.out.samples, 0, FRAMES, support_networks[_i].name);
        fixture_free(&b);
    }
    fixture_free(&whole);
}
END_TEST

/* The controls of a call without frames have no effect. */
START_TEST(no_frames_change_nothing)
{
    struct player_fixture b = fixture_new(4, 1), plain = fixture_new(4, 1);
    struct tc_controls extreme = b.controls;

    extreme.in_gain_db = 24.0f;
    tc_player_process(b.player, &extreme, NULL, NULL, 0);
    play(&b, 0, 100);
    tc_player_process(b.player, &extreme, NULL, NULL, 0);
    play(&b, 100, FRAMES - 100);
    play(&plain, 0, FRAMES);
    check_output(&b, plain.out.samples, 0, FRAMES, "with empty calls");
    fixture_free(&plain);
    fixture_free(&b);
}
END_TEST

START_TEST(in_place_gives_the_same_bits)
{
    struct player_fixture b = fixture_new(_i, 2), expected = fixture_new(_i, 2);

    check_in_place(&b, &expected);
    fixture_free(&expected);
    fixture_free(&b);
}
END_TEST

/* Hosts may permute the buffers: all channels read a frame before any of it is written. */
START_TEST(outputs_may_be_inputs_in_any_order)
{
    struct player_fixture b = fixture_new(_i, 3), expected = fixture_new(_i, 3);
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
    fixture_free(&expected);
    fixture_free(&b);
}
END_TEST

START_TEST(channels_are_independent_players)
{
    struct player_fixture b = fixture_new(_i, 3);
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

        run_player(mono, &b.controls, &in, &out, 0, FRAMES);
        tc_player_free(mono);
    }
    check_output(&b, alone.samples, 0, FRAMES, "against mono players");
    support_signals_free(&alone);
    fixture_free(&b);
}
END_TEST

START_TEST(non_finite_input_counts_as_zero_even_in_bypass)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct player_fixture b = fixture_new(4, 1), zero = fixture_new(4, 1);

    b.controls.bypass = zero.controls.bypass = (float)(_i & 1);
    b.controls.dry = zero.controls.dry = 0.5f * (float)(_i >> 1);
    for (size_t i = 0; i < FRAMES; i += 7) {
        b.in.samples[i] = bad[i % 3];
        zero.in.samples[i] = 0.0f;
    }
    play(&b, 0, FRAMES);
    play(&zero, 0, FRAMES);
    check_output(&b, zero.out.samples, 0, FRAMES, "with NaN and infinities");
    fixture_free(&zero);
    fixture_free(&b);
}
END_TEST

/* The largest input and gains: the output is finite. */
START_TEST(huge_input_gives_finite_output)
{
    struct player_fixture b = fixture_with_gain(1.0f);

    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = i % 2 ? FLT_MAX : -FLT_MAX;
    b.controls.in_gain_db = b.controls.out_gain_db = TC_GAIN_MAX_DB;
    play(&b, 0, FRAMES / 2);
    b.controls.dry = 0.5f;
    b.controls.bypass = 1.0f;
    play(&b, FRAMES / 2, FRAMES / 2);
    for (size_t i = 0; i < FRAMES; ++i)
        support_require(isfinite(b.out.samples[i]), "frame %zu", i);
    fixture_free(&b);
}
END_TEST

/* The difference of wet and dry would overflow here without the ceiling (player/ceiling.h). */
START_TEST(largest_output_gives_the_ceiling)
{
    struct player_fixture b = fixture_with_gain(-1.0f);

    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = FLT_MAX;
    play(&b, 0, FRAMES);
    for (size_t i = 0; i < FRAMES; ++i)
        support_require(b.out.samples[i] == -1000.0f, "frame %zu", i);
    fixture_free(&b);
}
END_TEST

START_TEST(reset_player_equals_a_new_one)
{
    struct player_fixture b = fixture_new(_i, 2), fresh = fixture_new(_i, 2);

    b.controls.in_gain_db = 12.0f;
    play(&b, 0, 500);
    b.controls.in_gain_db = -12.0f;
    b.controls.bypass = 1.0f;
    play(&b, 500, 100); /* in mid-ramp */
    check_reset(&b, &fresh);
    fixture_free(&fresh);
    fixture_free(&b);
}
END_TEST

/* The state of a channel is copied to another player; controls are not. */
START_TEST(copied_channel_continues_from_its_state)
{
    enum { COPIED_AT = 10 * TC_GUARD_FRAMES };
    struct player_fixture b = fixture_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals in = {arch->audio_inputs, FRAMES,
                                       b.in.samples + arch->audio_inputs * FRAMES};
    struct support_signals out = support_signals_new(arch->outputs, FRAMES);
    struct tc_player *const mono = player_new(b.model, 1);

    b.controls.in_gain_db = 3.0f;
    b.controls.dry = 0.25f;
    play(&b, 0, COPIED_AT);
    tc_player_copy_channel(mono, 0, b.player, 1);
    run_player(mono, &b.controls, &in, &out, COPIED_AT, FRAMES - COPIED_AT);
    play(&b, COPIED_AT, FRAMES - COPIED_AT);
    check_channel(&b, 1, out.samples, COPIED_AT, support_networks[_i].name);
    tc_player_free(mono);
    support_signals_free(&out);
    fixture_free(&b);
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

START_TEST(creation_survives_every_failing_allocation)
{
    struct tc_model *const model = support_model(&support_networks[0].arch, 1);
    struct tc_player *player = NULL;
    struct tc_error error = {""};
    bool failed;
    long i = -1;

    do {
        strcpy(error.message, "");
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_player_new(&player, model, 2, RATE_HZ, &error));
        ck_assert(failed == !player);
        ck_assert(failed == !!strstr(error.message, "out of memory for a"));
    } while (failed);
    ck_assert_int_ge(i, 4);
    tc_player_free(player);
    tc_model_free(model);
}
END_TEST

START_TEST(output_has_no_latency)
{
    struct player_fixture b = fixture_new(0, 1);

    ck_assert_uint_eq(tc_player_latency_frames(b.player, &b.controls), 0);
    fixture_free(&b);
}
END_TEST

#if defined(__SSE__)
START_TEST(floating_point_mode_of_the_caller_is_preserved_and_has_no_effect)
{
    static const unsigned modes[] = {0x1f80 | 0x8040, 0x1f80 | 0x2000, 0x1f80 | 0x6000};
    struct player_fixture b = fixture_new(_i, 1), usual = fixture_new(_i, 1);
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
    fixture_free(&usual);
    fixture_free(&b);
}
END_TEST
#endif

int main(void)
{
    TCase *const tests = tcase_create("player");

    tcase_add_loop_test(tests, block_size_does_not_change_the_output, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, no_frames_change_nothing);
    tcase_add_loop_test(tests, in_place_gives_the_same_bits, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, outputs_may_be_inputs_in_any_order, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, channels_are_independent_players, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, non_finite_input_counts_as_zero_even_in_bypass, 0, 4);
    tcase_add_test(tests, huge_input_gives_finite_output);
    tcase_add_test(tests, largest_output_gives_the_ceiling);
    tcase_add_loop_test(tests, reset_player_equals_a_new_one, 0, SUPPORT_NETWORKS);
    tcase_add_loop_test(tests, copied_channel_continues_from_its_state, 0, SUPPORT_NETWORKS);
    tcase_add_test(tests, arguments_are_checked);
    tcase_add_test(tests, creation_survives_every_failing_allocation);
    tcase_add_test(tests, output_has_no_latency);
#if defined(__SSE__)
    tcase_add_loop_test(tests, floating_point_mode_of_the_caller_is_preserved_and_has_no_effect, 0,
                        SUPPORT_NETWORKS);
#endif
    return support_run(tests, "player");
}
