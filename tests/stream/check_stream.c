#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/reference.h"
#include "stream/stream.h"
#include "stream_fixture.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum { CHANNELS = 3 };

START_TEST(output_matches_the_reference)
{
    struct stream_fixture b = fixture_new(_i, 1);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    size_t n;

    tc_architecture_tensors(arch, NULL, &n);
    double *const parameters = support_doubles(tc_model_parameters(b.model), n);
    double *const state = support_zeros(reference_state_size(arch), sizeof *state);
    double *const x = support_zeros(arch->audio_inputs + arch->knobs, sizeof *x);
    double *const y = support_zeros(arch->outputs, sizeof *y);

    reference_start(arch, parameters, state);
    fixture_play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t) {
        for (size_t i = 0; i < b.in.rows; ++i)
            x[i] = (double)b.in.samples[i * FRAMES + t];
        for (size_t i = 0; i < b.knobs.rows; ++i)
            x[b.in.rows + i] =
                fmin(fmax((double)b.knobs.samples[i * FRAMES + t], 0.0), 1.0) * 2.0 - 1.0;
        reference_run(arch, parameters, x, NULL, y, state, 1);
        for (size_t o = 0; o < arch->outputs; ++o)
            support_require(
                fabs((double)b.out.samples[o * FRAMES + t] - y[o]) <= 1e-5 * fmax(1.0, fabs(y[o])),
                "%s: output %zu, frame %zu is %.9g, expected %.9g", network_at(_i % NETWORKS)->name,
                o, t, (double)b.out.samples[o * FRAMES + t], y[o]);
    }
    free(y);
    free(x);
    free(state);
    free(parameters);
    fixture_free(&b);
}
END_TEST

START_TEST(block_size_does_not_change_the_bits)
{
    struct stream_fixture b = fixture_new(_i, 2);
    struct support_signals expected = expected_output(&b);

    for (uint64_t seed = 1; seed <= 5; ++seed) {
        struct support_random random = {seed};

        tc_stream_reset(b.stream);
        for (size_t start = 0; start < FRAMES;) {
            const size_t wish = support_bits(&random) % (seed == 1 ? 2 : 100);
            const size_t n = wish < FRAMES - start ? wish : FRAMES - start;

            fixture_play(&b, start, n);
            start += n;
        }
        compare_output(&b, expected, "cut at random");
    }
    support_signals_free(&expected);
    fixture_free(&b);
}
END_TEST

START_TEST(in_place_gives_the_same_bits)
{
    struct stream_fixture b = fixture_new(_i, 2);
    const struct support_signals expected = expected_output(&b);

    support_play(b.stream, &b.in, &b.knobs, &b.in, 0, FRAMES);
    memcpy(b.out.samples, b.in.samples, b.out.rows * FRAMES * sizeof *b.out.samples);
    check_output(&b, expected, "in place");
    fixture_free(&b);
}
END_TEST

/* Hosts may permute the buffers: all channels read a frame before any of it is written. */
START_TEST(outputs_may_be_inputs_in_any_order)
{
    struct stream_fixture b = fixture_new(_i, CHANNELS);
    const struct support_signals expected = expected_output(&b);
    const struct support_buffers in = support_buffers(&b.in, 0);
    const struct support_buffers knobs = support_buffers(&b.knobs, 0);
    struct support_buffers crossed = in;

    for (unsigned i = 0; i < b.out.rows; ++i)
        crossed.row[i] = in.row[b.out.rows - 1 - i];
    tc_stream_process(b.stream, support_inputs(&in), support_inputs(&knobs), crossed.row, FRAMES);
    for (unsigned i = 0; i < b.out.rows; ++i)
        memcpy(b.out.samples + i * FRAMES, crossed.row[i], FRAMES * sizeof *b.out.samples);
    check_output(&b, expected, "crossed");
    fixture_free(&b);
}
END_TEST

/* The rows of one channel. */
static struct support_signals channel_of(const struct support_signals *all, unsigned rows,
                                         size_t channel)
{
    return (struct support_signals){rows, FRAMES, all->samples + channel * rows * FRAMES};
}

START_TEST(channels_are_independent_streams)
{
    struct stream_fixture b = fixture_new(_i, CHANNELS);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals alone = support_signals_new(b.out.rows, FRAMES);

    fixture_play(&b, 0, FRAMES);
    for (size_t c = 0; c < CHANNELS; ++c) {
        struct tc_stream *const mono = stream_with(b.model, 1, b.kernels);
        const struct support_signals in = channel_of(&b.in, arch->audio_inputs, c);
        const struct support_signals out = channel_of(&alone, arch->outputs, c);

        support_play(mono, &in, &b.knobs, &out, 0, FRAMES);
        tc_stream_free(mono);
    }
    check_output(&b, alone, "against mono streams");
    fixture_free(&b);
}
END_TEST

START_TEST(reset_stream_equals_a_new_one)
{
    struct stream_fixture b = fixture_new(_i, 2);

    fixture_play(&b, 0, 77);
    tc_stream_reset(b.stream);
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after a reset");
    fixture_free(&b);
}
END_TEST

/* At COPIED_AT each channel is copied to a mono stream, which has played something else before, and
 * at COPIED_BACK_AT copied back. */
START_TEST(copied_channels_continue_from_their_state)
{
    enum { COPIED_AT = 3 * TC_GUARD_FRAMES, COPIED_BACK_AT = 5 * TC_GUARD_FRAMES };
    struct stream_fixture b = fixture_new(_i, CHANNELS);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);

    fixture_play(&b, 0, COPIED_AT);
    for (unsigned c = 0; c < CHANNELS; ++c) {
        struct tc_stream *const mono = stream_with(b.model, 1, b.kernels);
        const struct support_signals in = channel_of(&b.in, arch->audio_inputs, c);
        const struct support_signals out = channel_of(&b.out, arch->outputs, c);

        support_play(mono, &in, &b.knobs, &out, COPIED_AT, TC_GUARD_FRAMES);
        tc_stream_copy_channel(mono, 0, b.stream, c);
        support_play(mono, &in, &b.knobs, &out, COPIED_AT, COPIED_BACK_AT - COPIED_AT);
        tc_stream_copy_channel(b.stream, c, mono, 0);
        tc_stream_free(mono);
    }
    fixture_play(&b, COPIED_BACK_AT, FRAMES - COPIED_BACK_AT);
    check_output(&b, expected_output(&b), "after copies");
    fixture_free(&b);
}
END_TEST

START_TEST(knobs_are_clamped)
{
    static const float given[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1.0001f, -0.0001f};
    static const float clamped[] = {0.0f, 1.0f, 0.0f, 1.0f, 0.0f, 1.0f, 0.0f};
    struct stream_fixture b = fixture_new(_i, 2);

    for (size_t i = 0; i < b.knobs.rows * FRAMES; ++i)
        b.knobs.samples[i] = clamped[i % 7];
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.knobs.rows * FRAMES; ++i)
        b.knobs.samples[i] = given[i % 7];
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected, "with knobs out of range");
    fixture_free(&b);
}
END_TEST

/* One identity unit that sums its input, from h0 = 0.5. */
static struct tc_model *adder(float in_gain_db, float out_gain_db)
{
    static const float parameters[] = {1.0f, 1.0f, 0.0f, 0.0f, 0.5f, 1.0f, 0.0f};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .direct = -1.0f,
                                         .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct tc_metadata meta;
    struct tc_model *model = NULL;

    tc_metadata_init(&meta);
    meta.in_gain_db = in_gain_db;
    meta.out_gain_db = out_gain_db;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    return model;
}

/* Identity units without memory: of widths 1, 1, 2, 2 only the second layer and the last add their
 * input. h_0 = 2 x; 3 h_0 + h_0 = 8 x; (5, 1) of it; (40, 8) x of the third and ten times the
 * other one's, which the readout adds up. */
START_TEST(residual_connections_match_hand_calculation)
{
    static const float parameters[] = {2.0f, 0,     0,     0,    0, /* layer 0 */
                                       3.0f, 0,     0,     0,    0, /* 1 */
                                       5.0f, 1.0f,  0,     0,    0, 0, 0, 0, 0, 0, 0, 0, /* 2 */
                                       0,    10.0f, 10.0f, 0,    0, 0, 0, 0, 0, 0, 0, 0,
                                       0,    0,     1.0f,  1.0f, 0}; /* 3, readout */
    struct tc_architecture arch = {.audio_inputs = 1, .outputs = 1, .layers = 4, .residual = true};
    const float x[2] = {1.0f, -0.5f}, *in = x;
    float samples[2], *out = samples;

    for (unsigned l = 0; l < 4; ++l)
        arch.layer[l] = (struct tc_layer){TC_CELL_RNN, TC_IDENTITY, l < 2 ? 1 : 2};
    struct tc_model *const model = support_model_of(&arch, parameters);
    struct tc_stream *const stream = stream_with(model, 1, kernels_of(_i, 1));

    tc_stream_process(stream, &in, NULL, &out, 2);
    ck_assert_float_eq(samples[0], (40.0f + 8.0f) * 11.0f);
    ck_assert_float_eq(samples[1], (40.0f + 8.0f) * 11.0f * -0.5f);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

/* Two identity units without memory are 3 x and x: x above and below their mean, which is so far
 * beyond the 1e-5 in the deviation that 1 and -1 remain. Gains are 2 and 3, biases 0.25 and 0.5. */
START_TEST(layer_normalisation_matches_hand_calculation)
{
    static const float parameters[] = {3.0f, 1.0f,  0,    0,    0,    0,    0, 0,
                                       0,    0,     2.0f, 3.0f, 0.25, 0.5f, 0, 0, /* norm, h0 */
                                       1.0f, 10.0f, 7.0f};
    const struct tc_architecture arch = {.audio_inputs = 1,
                                         .outputs = 1,
                                         .layers = 1,
                                         .layer_norm = true,
                                         .layer = {{TC_CELL_RNN, TC_IDENTITY, 2}}};
    const float x[3] = {1000.0f, -2000.0f, 0.0f}, *in = x;
    const float y[3] = {(2.25f - 25.0f) + 7.0f, (-1.75f + 35.0f) + 7.0f, (0.25f + 5.0f) + 7.0f};
    float samples[3], *out = samples;
    struct tc_model *const model = support_model_of(&arch, parameters);
    struct tc_stream *const stream = stream_with(model, 1, kernels_of(_i, 1));

    tc_stream_process(stream, &in, NULL, &out, 3);
    for (size_t t = 0; t < 3; ++t)
        ck_assert_float_eq_tol(samples[t], y[t], 1e-5f);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

START_TEST(gains_skip_path_and_initial_state_match_hand_calculation)
{
    struct tc_model *const model = adder(20.0f, -20.0f);
    struct tc_stream *const stream = stream_with(model, 1, kernels_of(_i, 1));
    const float x[3] = {0.0f, 0.25f, -0.125f};
    /* 0.1 * (0.5 + sum of 10 x - 10 x) */
    const float y[3] = {0.05f, 0.05f, 0.1f * (0.5f + 2.5f)};
    const float *in = x;
    float samples[3], *out = samples;

    tc_stream_process(stream, &in, NULL, &out, 3);
    for (size_t t = 0; t < 3; ++t)
        ck_assert_float_eq_tol(samples[t], y[t], 1e-6f);
    tc_stream_free(stream);
    tc_model_free(model);
}
END_TEST

#if defined(__SSE__)
/* Denormals off or on, each rounding, exceptions pending. */
static const unsigned modes[] = {0x1f80,          0x1f80 | 0x8040, 0x1f80 | 0x2000,
                                 0x1f80 | 0x4000, 0x1f80 | 0x6000, 0x1f80 | 0x3f};

START_TEST(floating_point_mode_of_the_caller_is_preserved_and_has_no_effect)
{
    struct stream_fixture b = fixture_new(_i, 2);
    const struct support_signals expected = expected_output(&b);
    const unsigned usual = _mm_getcsr();

    for (size_t m = 0; m < sizeof modes / sizeof *modes; ++m) {
        tc_stream_reset(b.stream);
        _mm_setcsr(modes[m]);
        fixture_play(&b, 0, FRAMES);
        const unsigned after = _mm_getcsr();

        _mm_setcsr(usual);
        ck_assert_uint_eq(after, modes[m]);
        ck_assert_msg(support_same(b.out.samples, expected.samples, b.out.rows * FRAMES),
                      "other samples in floating point mode %#x", modes[m]);
    }
    check_output(&b, expected, "in other floating point modes");
    fixture_free(&b);
}
END_TEST
#endif

#if defined(__SSE__) || defined(__aarch64__)
START_TEST(denormal_input_counts_as_zero)
{
    struct stream_fixture b = fixture_new(_i, 2);

    memset(b.in.samples, 0, b.in.rows * FRAMES * sizeof *b.in.samples);
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.in.rows * FRAMES; ++i)
        b.in.samples[i] = 1e-40f;
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected, "denormal input");
    fixture_free(&b);
}
END_TEST

/* h = h / 2 passes the range of denormals within 150 frames. */
START_TEST(decay_skips_denormals)
{
    static const float parameters[] = {0.0f, 0.5f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct stream_fixture b = fixture_of(support_model_of(&arch, parameters), 1, kernels_of(_i, 1));

    fixture_play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_int_ne(fpclassify(b.out.samples[t]), FP_SUBNORMAL);
    ck_assert_float_eq(b.out.samples[FRAMES - 1], 0.0f);
    fixture_free(&b);
}
END_TEST
#endif

START_TEST(no_frames_need_no_buffers)
{
    struct stream_fixture b = fixture_new(_i, 2);

    tc_stream_process(b.stream, NULL, NULL, NULL, 0);
    fixture_play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after no frames");
    fixture_free(&b);
}
END_TEST

START_TEST(channel_counts_are_checked)
{
    static const unsigned bad[] = {0, TC_MAX_CHANNELS + 1};
    struct tc_model *const model = adder(0.0f, 0.0f);
    struct tc_stream *stream = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_stream_new(&stream, model, bad[_i], &error), TC_BAD_ARGUMENT);
    ck_assert_ptr_null(stream);
    ck_assert_str_ne(error.message, "");
    ck_assert_int_eq(tc_stream_new(&stream, model, bad[_i], NULL), TC_BAD_ARGUMENT);
    tc_stream_free(NULL);
    tc_model_free(model);
}
END_TEST

START_TEST(maximum_number_of_channels_plays)
{
    struct stream_fixture b =
        fixture_of(support_model(&network_at(SUPPORT_NETWORKS + _i % 2)->arch, 11), TC_MAX_CHANNELS,
                   kernels_of(_i, 2));

    fixture_play(&b, 0, 30);
    fixture_play(&b, 30, TC_GUARD_FRAMES);
    check_output(&b, expected_start(&b, 30 + TC_GUARD_FRAMES), "64 channels");
    fixture_free(&b);
}
END_TEST

/* A model whose initial state is the state of channel 0 continues that channel. */
START_TEST(stored_state_restores_the_stream)
{
    struct stream_fixture b = fixture_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals resumed = support_signals_new(arch->outputs, FRAMES);
    const struct support_signals in = {arch->audio_inputs, FRAMES, b.in.samples};
    float *const parameters = support_parameters(arch, 11, NULL); /* those of the fixture */

    fixture_play(&b, 0, 100);
    tc_stream_store_state(b.stream, parameters);
    fixture_play(&b, 100, FRAMES - 100);
    struct tc_model *const model = support_model_of(arch, parameters);
    struct tc_stream *const stream = stream_with(model, 1, b.kernels);

    support_play(stream, &in, &b.knobs, &resumed, 100, FRAMES - 100);
    for (size_t o = 0; o < arch->outputs; ++o)
        memcpy(resumed.samples + o * FRAMES, b.out.samples + o * FRAMES,
               100 * sizeof *resumed.samples);
    check_output(&b, resumed, "from the stored state");
    free(parameters);
    tc_stream_free(stream);
    tc_model_free(model);
    fixture_free(&b);
}
END_TEST

static void add_mode_tests(TCase *tests)
{
#if defined(__SSE__)
    tcase_add_loop_test(tests, floating_point_mode_of_the_caller_is_preserved_and_has_no_effect, 0,
                        with_all_kernels(NETWORKS));
#endif
#if defined(__SSE__) || defined(__aarch64__)
    tcase_add_loop_test(tests, denormal_input_counts_as_zero, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, decay_skips_denormals, 0, with_all_kernels(1));
#else
    (void)tests;
#endif
}

int main(void)
{
    TCase *const tests = tcase_create("stream");

    tcase_add_loop_test(tests, output_matches_the_reference, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, block_size_does_not_change_the_bits, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, in_place_gives_the_same_bits, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, outputs_may_be_inputs_in_any_order, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, channels_are_independent_streams, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_stream_equals_a_new_one, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, copied_channels_continue_from_their_state, 0,
                        with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, knobs_are_clamped, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, gains_skip_path_and_initial_state_match_hand_calculation, 0,
                        with_all_kernels(1));
    tcase_add_loop_test(tests, residual_connections_match_hand_calculation, 0, with_all_kernels(1));
    tcase_add_loop_test(tests, layer_normalisation_matches_hand_calculation, 0,
                        with_all_kernels(1));
    tcase_add_loop_test(tests, stored_state_restores_the_stream, 0, with_all_kernels(NETWORKS));
    add_mode_tests(tests);
    tcase_add_loop_test(tests, no_frames_need_no_buffers, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, channel_counts_are_checked, 0, 2);
    tcase_add_loop_test(tests, maximum_number_of_channels_plays, 0, with_all_kernels(2));
    return support_run(tests, "stream");
}
