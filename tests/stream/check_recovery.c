#include "tests/support/support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream/stream.h"
#include "stream_fixture.h"

/* A stream recovers from values that are not finite, in its input and in its states. */

START_TEST(input_that_is_not_finite_counts_as_zero)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct stream_fixture b = fixture_new(_i, 2);

    for (size_t i = 0; i < b.in.rows * FRAMES; i += 5)
        b.in.samples[i] = 0.0f;
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.in.rows * FRAMES; i += 5)
        b.in.samples[i] = bad[i % 3];
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected, "with NaN and infinities");
    ck_assert_uint_eq(tc_stream_recoveries(b.stream), 0);
    fixture_free(&b);
}
END_TEST

/* Layer 0 has two relu units: h0 = relu(8 h0 + h1 / 1000 + x - 1.1) grows without bound once x
 * > 1.1, and h1 = relu(8 h0 + h1 / 2 + x) follows. No weight is 0, so that infinity does not become
 * NaN. The input of the readout is this layer, or a second layer that is linear, or one whose tanh
 * turns infinity into 1; or the readout is logistic, which turns it into 1, too. */
enum above { NOTHING, PROBABILITY, IDENTITY, TANH, ABOVES };

static struct tc_model *overflowing_model(enum above above)
{
    static const float relu[] = {1.0f,  1.0f, 8.0f, 0.001f, 8.0f, 0.5f,
                                 -1.1f, 0.0f, 0.0f, 0.0f,   0.0f, 0.0f};
    static const float readout[] = {0.25f, 1.0f, 0.0f};
    static const float second[] = {0.25f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = above <= PROBABILITY ? 1 : 2,
        .readout = above == PROBABILITY ? TC_READOUT_LOGISTIC : TC_READOUT_LINEAR,
        .layer = {{TC_CELL_RNN, TC_RELU, 2},
                  {TC_CELL_RNN, above == TANH ? TC_TANH : TC_IDENTITY, 1}}};
    float parameters[20];

    memcpy(parameters, relu, sizeof relu);
    if (above <= PROBABILITY)
        memcpy(parameters + 12, readout, sizeof readout);
    else
        memcpy(parameters + 12, second, sizeof second);
    return support_model_of(&arch, parameters);
}

/* Channel 0 grows from frame OVERFLOW_AT on, is infinite 43 frames later, and reset at RESTARTED.
 */
enum { OVERFLOW_AT = 24, SILENT_FROM = OVERFLOW_AT + 46, RESTARTED = 2 * TC_GUARD_FRAMES };

/* Case `index` of with_all_kernels(ABOVES). */
static struct stream_fixture fixture_with_overflow(int index)
{
    struct stream_fixture b =
        fixture_of(overflowing_model((enum above)(index % ABOVES)), 2, kernels_of(index, ABOVES));

    for (size_t i = 0; i < b.in.rows * FRAMES; ++i)
        b.in.samples[i] = fabsf(b.in.samples[i]); /* so that no frame of the output is 0 */
    b.in.samples[OVERFLOW_AT] = 2.0f;
    return b;
}

START_TEST(exploded_channel_is_silent_then_restarts)
{
    struct stream_fixture b = fixture_with_overflow(_i);
    struct tc_stream *const fresh = stream_with(b.model, 1, b.kernels);
    const struct support_signals in = {1, FRAMES, b.in.samples};
    struct support_signals restarted = support_signals_new(1, FRAMES);

    fixture_play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(isfinite(b.out.samples[t]), "frame %zu is %g", t, (double)b.out.samples[t]);
    for (size_t t = SILENT_FROM; t < RESTARTED; ++t)
        support_require(b.out.samples[t] == 0.0f, "frame %zu is %g", t, (double)b.out.samples[t]);
    support_play(fresh, &in, &b.knobs, &restarted, RESTARTED, FRAMES - RESTARTED);
    ck_assert(
        support_same(restarted.samples + RESTARTED, b.out.samples + RESTARTED, FRAMES - RESTARTED));
    ck_assert_uint_eq(tc_stream_recoveries(b.stream), 1);
    support_signals_free(&restarted);
    tc_stream_free(fresh);
    fixture_free(&b);
}
END_TEST

START_TEST(explosion_does_not_change_other_channels)
{
    struct stream_fixture b = fixture_with_overflow(_i);
    struct tc_stream *const mono = stream_with(b.model, 1, b.kernels);
    const struct support_signals in = {1, FRAMES, b.in.samples + FRAMES};
    struct support_signals alone = support_signals_new(1, FRAMES);

    fixture_play(&b, 0, FRAMES);
    support_play(mono, &in, &b.knobs, &alone, 0, FRAMES);
    ck_assert(support_same(alone.samples, b.out.samples + FRAMES, FRAMES));
    ck_assert_uint_eq(tc_stream_recoveries(mono), 0);
    support_signals_free(&alone);
    tc_stream_free(mono);
    fixture_free(&b);
}
END_TEST

START_TEST(recovery_does_not_depend_on_block_sizes)
{
    struct stream_fixture b = fixture_with_overflow(_i);

    for (size_t start = 0; start < FRAMES; start += 40)
        fixture_play(&b, start, 40);
    check_output(&b, expected_output(&b), "exploding in blocks of 40");
    fixture_free(&b);
}
END_TEST

/* States are checked every TC_GUARD_FRAMES frames of the stream; a reset restarts this count. */
START_TEST(reset_restarts_the_frame_count)
{
    struct stream_fixture b = fixture_with_overflow(_i);

    fixture_play(&b, 0, 60);
    tc_stream_reset(b.stream);
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "exploding after a reset");
    fixture_free(&b);
}
END_TEST

/* A channel copied at a check of the states overflows at the same frames as in its own stream. */
START_TEST(copied_channel_explodes_at_the_same_frames)
{
    struct stream_fixture b = fixture_with_overflow(_i);
    struct tc_stream *const home = b.stream;

    b.in.samples[OVERFLOW_AT] = 0.0f;
    b.in.samples[OVERFLOW_AT + TC_GUARD_FRAMES] = 2.0f;
    fixture_play(&b, 0, TC_GUARD_FRAMES);
    b.stream = stream_with(b.model, 2, b.kernels);
    for (unsigned c = 0; c < 2; ++c)
        tc_stream_copy_channel(b.stream, c, home, c);
    fixture_play(&b, TC_GUARD_FRAMES, FRAMES - TC_GUARD_FRAMES);
    check_output(&b, expected_output(&b), "exploding after a copy");
    tc_stream_free(home);
    fixture_free(&b);
}
END_TEST

/* A gain that makes an input infinite may make a channel lose its state until the next check. The
 * input at frame 10 is the largest float. */
static struct stream_fixture fixture_of_20_db(int index)
{
    const struct tc_architecture *const arch = &network_at(index % NETWORKS)->arch;
    float *const parameters = support_parameters(arch, 11, NULL);
    struct tc_model *const plain = support_model_of(arch, parameters);
    struct tc_metadata meta = *tc_model_metadata(plain);
    struct tc_model *model = NULL;

    meta.in_gain_db = 20.0f;
    ck_assert_int_eq(tc_model_new(&model, arch, &meta, parameters, NULL), TC_OK);
    tc_model_free(plain);
    free(parameters);
    return fixture_of(model, 2, kernels_of(index, NETWORKS));
}

/* The first inputs of channel 0 overflow at frame 10. */
static void overflow(struct stream_fixture *b)
{
    for (size_t i = 0; i < tc_model_architecture(b->model)->audio_inputs; ++i)
        b->in.samples[i * FRAMES + 10] = FLT_MAX;
}

START_TEST(streams_recover_from_an_overflowing_input)
{
    struct stream_fixture b = fixture_of_20_db(_i);
    bool audible = false;

    overflow(&b);
    fixture_play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t) {
        support_require(isfinite(b.out.samples[t]), "frame %zu is %g", t, (double)b.out.samples[t]);
        audible |= t >= TC_GUARD_FRAMES && b.out.samples[t] != 0.0f;
    }
    ck_assert_msg(audible, "%s, %s: silent for good", network_at(_i % NETWORKS)->name, b.kernels);
    fixture_free(&b);
}
END_TEST

START_TEST(reset_clears_an_overflow)
{
    struct stream_fixture b = fixture_of_20_db(_i);
    const float sample = b.in.samples[10];

    overflow(&b);
    fixture_play(&b, 0, 20);
    tc_stream_reset(b.stream);
    for (size_t i = 0; i < b.in.rows; ++i)
        b.in.samples[i * FRAMES + 10] = sample;
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after an overflow and a reset");
    fixture_free(&b);
}
END_TEST

/* h = elu(3 h + 1) is infinite before the second check; the tanh layer above it, the readout's
 * input, is 1 before and after. */
START_TEST(explosion_of_an_elu_is_detected)
{
    static const float parameters[] = {1.0f, 3.0f, 0.0f, 0.0f, 0.0f, 1.0f,
                                       0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = 2,
        .layer = {{TC_CELL_RNN, TC_ELU, 1}, {TC_CELL_RNN, TC_TANH, 1}}};
    struct stream_fixture b = fixture_of(support_model_of(&arch, parameters), 1, kernels_of(_i, 1));

    for (size_t i = 0; i < FRAMES; ++i)
        b.in.samples[i] = 1.0f;
    fixture_play(&b, 0, FRAMES);
    ck_assert_float_eq_tol(b.out.samples[TC_GUARD_FRAMES], 1.0f, 1e-6f);
    ck_assert_float_eq(b.out.samples[RESTARTED - 1], 0.0f);
    ck_assert_float_eq_tol(b.out.samples[RESTARTED + 20], 1.0f, 1e-6f);
    ck_assert_uint_eq(tc_stream_recoveries(b.stream), FRAMES / RESTARTED);
    fixture_free(&b);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("recovery");

    tcase_add_loop_test(tests, input_that_is_not_finite_counts_as_zero, 0,
                        with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, exploded_channel_is_silent_then_restarts, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, explosion_does_not_change_other_channels, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, recovery_does_not_depend_on_block_sizes, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, streams_recover_from_an_overflowing_input, 0,
                        with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_clears_an_overflow, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_restarts_the_frame_count, 0, with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, copied_channel_explodes_at_the_same_frames, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, explosion_of_an_elu_is_detected, 0, with_all_kernels(1));
    return support_run(tests, "recovery");
}
