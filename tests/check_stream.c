#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "stream/stream.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum { FRAMES = 400, CHANNELS = 3 };

/* Wider networks than those of the list: several vectors, whole and half ones, of any width. */
static const struct support_network wide[] = {
    {"lstm 40", {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_LSTM, 0, 40}}}},
    {"gru 67, lstm 19",
     {.audio_inputs = 1,
      .knobs = 1,
      .outputs = 1,
      .layers = 2,
      .direct = 1.0f,
      .layer = {{TC_CELL_GRU, 0, 67}, {TC_CELL_LSTM, 0, 19}}}},
    {"rnn 33, gru 24",
     {.audio_inputs = 2,
      .outputs = 2,
      .layers = 2,
      .layer = {{TC_CELL_RNN, TC_LOGISTIC, 33}, {TC_CELL_GRU, 0, 24}}}},
};

enum { NETWORKS = SUPPORT_NETWORKS + sizeof wide / sizeof wide[0] };

static const struct support_network *network_at(int index)
{
    return index < SUPPORT_NETWORKS ? &support_networks[index] : &wide[index - SUPPORT_NETWORKS];
}

/* How often a loop test runs that takes `cases` with each of this CPU's kernels. */
static int with_all_kernels(int cases)
{
    unsigned n = 0;

    while (tc_kernels_name(n))
        ++n;
    return cases * (int)n;
}

static const char *kernels_of(int index, int cases)
{
    return tc_kernels_name((unsigned)(index / cases));
}

/* A network, a stream through it, and signals for all of its channels. */
struct bench {
    struct tc_model *model;
    const char *kernels;
    struct tc_stream *stream;
    unsigned channels;
    struct support_signals in, knobs, out;
};

static struct tc_stream *stream_with(const struct tc_model *model, unsigned channels,
                                     const char *kernels)
{
    struct tc_stream *stream = NULL;

    ck_assert_int_eq(tc_stream_new_with(&stream, model, channels, kernels, NULL), TC_OK);
    return stream;
}

static struct bench bench_of(struct tc_model *model, unsigned channels, const char *kernels)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct bench b = {.model = model, .kernels = kernels, .channels = channels};

    b.stream = stream_with(model, channels, kernels);
    b.in = support_noise(channels * arch->audio_inputs, FRAMES, 3, 1.0f);
    b.knobs = support_noise(arch->knobs, FRAMES, 4, 1.5f); /* beyond the knobs' range, too */
    b.out = support_signals_new(channels * arch->outputs, FRAMES);
    return b;
}

/* Case `index` of with_all_kernels(NETWORKS). */
static struct bench bench_new(int index, unsigned channels)
{
    return bench_of(support_model(&network_at(index % NETWORKS)->arch, 11), channels,
                    kernels_of(index, NETWORKS));
}

static void bench_free(struct bench *b)
{
    support_signals_free(&b->in);
    support_signals_free(&b->knobs);
    support_signals_free(&b->out);
    tc_stream_free(b->stream);
    tc_model_free(b->model);
}

static void play(struct bench *b, size_t start, size_t n)
{
    support_play(b->stream, &b->in, &b->knobs, &b->out, start, n);
}

/* What a new stream makes of the signals in one call, in (rows, FRAMES). */
static struct support_signals expected_output(const struct bench *b)
{
    struct tc_stream *const stream = stream_with(b->model, b->channels, b->kernels);
    const struct support_signals out = support_signals_new(b->out.rows, FRAMES);

    support_play(stream, &b->in, &b->knobs, &out, 0, FRAMES);
    tc_stream_free(stream);
    return out;
}

static void check_output(const struct bench *b, struct support_signals expected, const char *what)
{
    const size_t n = expected.rows * expected.frames;

    for (size_t i = 0; i < n; ++i)
        support_require(support_same(&b->out.samples[i], &expected.samples[i], 1),
                        "%s: buffer %zu, frame %zu is %.9g, expected %.9g", what, i / FRAMES,
                        i % FRAMES, (double)b->out.samples[i], (double)expected.samples[i]);
    support_signals_free(&expected);
}

START_TEST(output_is_that_of_the_reference)
{
    struct bench b = bench_new(_i, 1);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    size_t n;

    tc_architecture_tensors(arch, NULL, &n);
    double *const parameters = support_zeros(n, sizeof *parameters);
    double *const state = support_zeros(reference_state_size(arch), sizeof *state);

    for (size_t i = 0; i < n; ++i)
        parameters[i] = (double)tc_model_parameters(b.model)[i];
    reference_start(arch, parameters, state);
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t) {
        double x[TC_MAX_AUDIO + TC_MAX_KNOBS], y[TC_MAX_AUDIO];

        for (size_t i = 0; i < b.in.rows; ++i)
            x[i] = (double)b.in.samples[i * FRAMES + t];
        for (size_t i = 0; i < b.knobs.rows; ++i)
            x[b.in.rows + i] =
                fmin(fmax((double)b.knobs.samples[i * FRAMES + t], 0.0), 1.0) * 2.0 - 1.0;
        reference_run(arch, parameters, x, y, state, 1);
        for (size_t o = 0; o < arch->outputs; ++o)
            support_require(
                fabs((double)b.out.samples[o * FRAMES + t] - y[o]) <= 1e-5 * fmax(1.0, fabs(y[o])),
                "%s: output %zu, frame %zu is %.9g, expected %.9g", network_at(_i % NETWORKS)->name,
                o, t, (double)b.out.samples[o * FRAMES + t], y[o]);
    }
    free(state);
    free(parameters);
    bench_free(&b);
}
END_TEST

START_TEST(any_cut_gives_the_same_bits)
{
    for (uint64_t seed = 1; seed <= 5; ++seed) {
        struct support_random random = {seed};
        struct bench b = bench_new(_i, 2);

        for (size_t start = 0; start < FRAMES;) {
            const size_t wish = support_bits(&random) % (seed == 1 ? 2 : 100);
            const size_t n = wish < FRAMES - start ? wish : FRAMES - start;

            play(&b, start, n);
            start += n;
        }
        check_output(&b, expected_output(&b), "cut at random");
        bench_free(&b);
    }
}
END_TEST

START_TEST(in_place_gives_the_same_bits)
{
    struct bench b = bench_new(_i, 2);
    const struct support_signals expected = expected_output(&b);

    support_play(b.stream, &b.in, &b.knobs, &b.in, 0, FRAMES);
    memcpy(b.out.samples, b.in.samples, b.out.rows * FRAMES * sizeof *b.out.samples);
    check_output(&b, expected, "in place");
    bench_free(&b);
}
END_TEST

/* Hosts may cross the buffers: nothing is written before all channels have read that frame. */
START_TEST(outputs_may_be_inputs_in_any_order)
{
    struct bench b = bench_new(_i, CHANNELS);
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
    bench_free(&b);
}
END_TEST

START_TEST(channels_are_streams_of_their_own)
{
    struct bench b = bench_new(_i, CHANNELS);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals alone = support_signals_new(b.out.rows, FRAMES);

    play(&b, 0, FRAMES);
    for (size_t c = 0; c < CHANNELS; ++c) {
        struct tc_stream *const mono = stream_with(b.model, 1, b.kernels);
        const struct support_signals in = {arch->audio_inputs, FRAMES,
                                           b.in.samples + c * arch->audio_inputs * FRAMES};
        const struct support_signals out = {arch->outputs, FRAMES,
                                            alone.samples + c * arch->outputs * FRAMES};

        support_play(mono, &in, &b.knobs, &out, 0, FRAMES);
        tc_stream_free(mono);
    }
    check_output(&b, alone, "against mono streams");
    bench_free(&b);
}
END_TEST

START_TEST(reset_makes_a_stream_new)
{
    struct bench b = bench_new(_i, 2);

    play(&b, 0, 77);
    tc_stream_reset(b.stream);
    play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after a reset");
    bench_free(&b);
}
END_TEST

START_TEST(input_that_is_not_finite_counts_as_zero)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    struct bench b = bench_new(_i, 2);

    for (size_t i = 0; i < b.in.rows * FRAMES; i += 5)
        b.in.samples[i] = 0.0f;
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.in.rows * FRAMES; i += 5)
        b.in.samples[i] = bad[i % 3];
    play(&b, 0, FRAMES);
    check_output(&b, expected, "with NaN and infinities");
    ck_assert_uint_eq(tc_stream_recoveries(b.stream), 0);
    bench_free(&b);
}
END_TEST

START_TEST(knobs_are_clamped)
{
    static const float turned[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1.0001f, -0.0001f};
    static const float meant[] = {0.0f, 1.0f, 0.0f, 1.0f, 0.0f, 1.0f, 0.0f};
    struct bench b = bench_new(_i, 2);

    for (size_t i = 0; i < b.knobs.rows * FRAMES; ++i)
        b.knobs.samples[i] = meant[i % 7];
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.knobs.rows * FRAMES; ++i)
        b.knobs.samples[i] = turned[i % 7];
    play(&b, 0, FRAMES);
    check_output(&b, expected, "with wild knobs");
    bench_free(&b);
}
END_TEST

/* One identity unit that adds up what it hears; it starts from h0 = 0.5. */
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

START_TEST(gains_direct_path_and_start_state_by_hand)
{
    struct tc_model *const model = adder(20.0f, -20.0f);
    struct tc_stream *const stream = stream_with(model, 1, tc_kernels_name((unsigned)_i));
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

/* Layer 0 has two relu units: h0 = relu(8 h0 + h1 / 1000 + x - 1.1) explodes once x > 1.1, the
 * other h1 = relu(8 h0 + h1 / 2 + x) only follows. No weight is 0, so that infinity stays infinity
 * and does not become NaN. The readout sees them itself, or a second layer that hands them on, or
 * one that turns infinity into a plain 1. */
enum above { NOTHING, IDENTITY, TANH, ABOVES };

static struct tc_model *bomb(enum above above)
{
    static const float relu[] = {1.0f,  1.0f, 8.0f, 0.001f, 8.0f, 0.5f,
                                 -1.1f, 0.0f, 0.0f, 0.0f,   0.0f, 0.0f};
    static const float readout[] = {0.25f, 1.0f, 0.0f};
    static const float second[] = {0.25f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1,
        .outputs = 1,
        .layers = above == NOTHING ? 1 : 2,
        .layer = {{TC_CELL_RNN, TC_RELU, 2},
                  {TC_CELL_RNN, above == TANH ? TC_TANH : TC_IDENTITY, 1}}};
    float parameters[20];

    memcpy(parameters, relu, sizeof relu);
    if (above == NOTHING)
        memcpy(parameters + 12, readout, sizeof readout);
    else
        memcpy(parameters + 12, second, sizeof second);
    return support_model_of(&arch, parameters);
}

/* Channel 0 explodes from frame BOMB on, is infinite after another 43, and found out at ANEW. */
enum { BOMB = 24, EXPLODED = BOMB + 46, ANEW = 2 * TC_GUARD_FRAMES };

/* Case `index` of with_all_kernels(ABOVES). */
static struct bench bench_with_bomb(int index)
{
    struct bench b = bench_of(bomb((enum above)(index % ABOVES)), 2, kernels_of(index, ABOVES));

    for (size_t i = 0; i < b.in.rows * FRAMES; ++i)
        b.in.samples[i] = fabsf(b.in.samples[i]); /* so that no frame is silent by itself */
    b.in.samples[BOMB] = 2.0f;
    return b;
}

START_TEST(exploded_channel_is_silent_then_starts_anew)
{
    struct bench b = bench_with_bomb(_i);
    struct tc_stream *const fresh = stream_with(b.model, 1, b.kernels);
    const struct support_signals in = {1, FRAMES, b.in.samples};
    struct support_signals anew = support_signals_new(1, FRAMES);

    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        support_require(isfinite(b.out.samples[t]), "frame %zu is %g", t, (double)b.out.samples[t]);
    for (size_t t = EXPLODED; t < ANEW; ++t)
        support_require(b.out.samples[t] == 0.0f, "frame %zu is %g", t, (double)b.out.samples[t]);
    support_play(fresh, &in, &b.knobs, &anew, ANEW, FRAMES - ANEW);
    ck_assert(support_same(anew.samples + ANEW, b.out.samples + ANEW, FRAMES - ANEW));
    ck_assert_uint_eq(tc_stream_recoveries(b.stream), 1);
    support_signals_free(&anew);
    tc_stream_free(fresh);
    bench_free(&b);
}
END_TEST

START_TEST(other_channels_do_not_hear_the_explosion)
{
    struct bench b = bench_with_bomb(_i);
    struct tc_stream *const mono = stream_with(b.model, 1, b.kernels);
    const struct support_signals in = {1, FRAMES, b.in.samples + FRAMES};
    struct support_signals alone = support_signals_new(1, FRAMES);

    play(&b, 0, FRAMES);
    support_play(mono, &in, &b.knobs, &alone, 0, FRAMES);
    ck_assert(support_same(alone.samples, b.out.samples + FRAMES, FRAMES));
    ck_assert_uint_eq(tc_stream_recoveries(mono), 0);
    support_signals_free(&alone);
    tc_stream_free(mono);
    bench_free(&b);
}
END_TEST

START_TEST(recovery_does_not_depend_on_the_cut)
{
    struct bench b = bench_with_bomb(_i);

    for (size_t start = 0; start < FRAMES; start += 40)
        play(&b, start, 40);
    check_output(&b, expected_output(&b), "exploding in blocks of 40");
    bench_free(&b);
}
END_TEST

/* The check for lost states counts frames of the stream: a reset starts the count as well. */
START_TEST(reset_restarts_the_guard)
{
    struct bench b = bench_with_bomb(_i);

    play(&b, 0, 60);
    tc_stream_reset(b.stream);
    play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "exploding after a reset");
    bench_free(&b);
}
END_TEST

/* A gain that makes an input infinite may cost a channel its state, but not for good. The largest
 * floats go in at frame 10; all is well again after the guard's next look. */
static struct bench bench_of_20_db(int index)
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
    return bench_of(model, 2, kernels_of(index, NETWORKS));
}

/* The first inputs of channel 0 overflow at frame 10. */
static void overflow(struct bench *b)
{
    for (size_t i = 0; i < tc_model_architecture(b->model)->audio_inputs; ++i)
        b->in.samples[i * FRAMES + 10] = FLT_MAX;
}

START_TEST(overflowing_input_is_got_over)
{
    struct bench b = bench_of_20_db(_i);
    bool sounds = false;

    overflow(&b);
    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t) {
        support_require(isfinite(b.out.samples[t]), "frame %zu is %g", t, (double)b.out.samples[t]);
        sounds |= t >= TC_GUARD_FRAMES && b.out.samples[t] != 0.0f;
    }
    ck_assert_msg(sounds, "%s, %s: silent for good", network_at(_i % NETWORKS)->name, b.kernels);
    bench_free(&b);
}
END_TEST

START_TEST(reset_forgets_an_overflow)
{
    struct bench b = bench_of_20_db(_i);
    const float sample = b.in.samples[10];

    overflow(&b);
    play(&b, 0, 20);
    tc_stream_reset(b.stream);
    for (size_t i = 0; i < b.in.rows; ++i)
        b.in.samples[i * FRAMES + 10] = sample;
    play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after an overflow and a reset");
    bench_free(&b);
}
END_TEST

#if defined(__SSE__)
/* Denormals off or on, each rounding, exceptions pending. */
static const unsigned modes[] = {0x1f80,          0x1f80 | 0x8040, 0x1f80 | 0x2000,
                                 0x1f80 | 0x4000, 0x1f80 | 0x6000, 0x1f80 | 0x3f};

START_TEST(floating_point_mode_of_the_caller_is_kept_and_does_not_matter)
{
    struct bench b = bench_new(_i, 2);
    const struct support_signals expected = expected_output(&b);
    const unsigned usual = _mm_getcsr();

    for (size_t m = 0; m < sizeof modes / sizeof *modes; ++m) {
        tc_stream_reset(b.stream);
        _mm_setcsr(modes[m]);
        play(&b, 0, FRAMES);
        const unsigned after = _mm_getcsr();

        _mm_setcsr(usual);
        ck_assert_uint_eq(after, modes[m]);
        ck_assert_msg(support_same(b.out.samples, expected.samples, b.out.rows * FRAMES),
                      "other samples in floating point mode %#x", modes[m]);
    }
    check_output(&b, expected, "in other floating point modes");
    bench_free(&b);
}
END_TEST
#endif

#if defined(__SSE__) || defined(__aarch64__)
START_TEST(denormal_input_counts_as_zero)
{
    struct bench b = bench_new(_i, 2);

    memset(b.in.samples, 0, b.in.rows * FRAMES * sizeof *b.in.samples);
    const struct support_signals expected = expected_output(&b);

    for (size_t i = 0; i < b.in.rows * FRAMES; ++i)
        b.in.samples[i] = 1e-40f;
    play(&b, 0, FRAMES);
    check_output(&b, expected, "denormal input");
    bench_free(&b);
}
END_TEST

/* h = h / 2 falls through the denormals within 150 frames. */
START_TEST(decay_skips_denormals)
{
    static const float parameters[] = {0.0f, 0.5f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f};
    const struct tc_architecture arch = {
        .audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_IDENTITY, 1}}};
    struct bench b =
        bench_of(support_model_of(&arch, parameters), 1, tc_kernels_name((unsigned)_i));

    play(&b, 0, FRAMES);
    for (size_t t = 0; t < FRAMES; ++t)
        ck_assert_int_ne(fpclassify(b.out.samples[t]), FP_SUBNORMAL);
    ck_assert_float_eq(b.out.samples[FRAMES - 1], 0.0f);
    bench_free(&b);
}
END_TEST
#endif

START_TEST(no_frames_need_no_buffers)
{
    struct bench b = bench_new(_i, 2);

    tc_stream_process(b.stream, NULL, NULL, NULL, 0);
    play(&b, 0, FRAMES);
    check_output(&b, expected_output(&b), "after no frames");
    bench_free(&b);
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

START_TEST(the_most_channels_play)
{
    struct bench b =
        bench_of(support_model(&wide[_i % 2].arch, 11), TC_MAX_CHANNELS, kernels_of(_i, 2));

    play(&b, 0, FRAMES / 3);
    play(&b, FRAMES / 3, FRAMES - FRAMES / 3);
    check_output(&b, expected_output(&b), "64 channels");
    bench_free(&b);
}
END_TEST

/* A model whose start state is the state of channel 0 goes on where the stream was. */
START_TEST(a_stored_state_is_where_the_stream_was)
{
    struct bench b = bench_new(_i, 2);
    const struct tc_architecture *const arch = tc_model_architecture(b.model);
    const struct support_signals resumed = support_signals_new(arch->outputs, FRAMES);
    const struct support_signals in = {arch->audio_inputs, FRAMES, b.in.samples};
    float *const parameters = support_parameters(arch, 11, NULL); /* those of the bench */

    play(&b, 0, 100);
    tc_stream_store_state(b.stream, parameters);
    play(&b, 100, FRAMES - 100);
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
    bench_free(&b);
}
END_TEST

/* ------------------------------------------------------------------ which kernels */

/* What the kernels of a stream are called. */
static const char *kernels_taken(const char *wish)
{
    struct tc_model *const model = adder(0.0f, 0.0f);
    struct tc_stream *const stream = stream_with(model, 1, wish);
    const char *const name = tc_stream_kernels(stream);

    tc_stream_free(stream);
    tc_model_free(model);
    return name;
}

START_TEST(kernels_are_listed_best_first_and_c_last)
{
    unsigned n = 0;

    while (tc_kernels_name(n))
        ++n;
    ck_assert_uint_gt(n, 0);
    ck_assert_str_eq(tc_kernels_name(n - 1), "c");
    ck_assert_ptr_null(tc_kernels_name(n + 1));
    ck_assert_ptr_null(tc_kernels_name(~0u));
    ck_assert_int_eq(unsetenv("TONECELL_KERNELS"), 0);
    ck_assert_str_eq(kernels_taken(NULL), tc_kernels_name(0));
}
END_TEST

START_TEST(kernels_are_those_asked_for)
{
    for (unsigned i = 0; tc_kernels_name(i); ++i)
        ck_assert_str_eq(kernels_taken(tc_kernels_name(i)), tc_kernels_name(i));
}
END_TEST

START_TEST(unknown_kernels_are_unsupported)
{
    struct tc_model *const model = adder(0.0f, 0.0f);
    struct tc_stream *stream = NULL;
    struct tc_error error = {""};

    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, "abacus", &error), TC_UNSUPPORTED);
    ck_assert_ptr_null(stream);
    ck_assert_ptr_nonnull(strstr(error.message, "abacus"));
    ck_assert_int_eq(tc_stream_new_with(&stream, model, 1, "", NULL), TC_UNSUPPORTED);
    ck_assert_int_eq(tc_stream_new_with(&stream, model, 0, "c", NULL), TC_BAD_ARGUMENT);
    tc_model_free(model);
}
END_TEST

START_TEST(environment_names_kernels)
{
    for (unsigned i = 0; tc_kernels_name(i); ++i) {
        ck_assert_int_eq(setenv("TONECELL_KERNELS", tc_kernels_name(i), 1), 0);
        ck_assert_str_eq(kernels_taken(NULL), tc_kernels_name(i));
    }
}
END_TEST

START_TEST(environment_does_not_overrule_the_caller)
{
    ck_assert_int_eq(setenv("TONECELL_KERNELS", "c", 1), 0);
    ck_assert_str_eq(kernels_taken(tc_kernels_name(0)), tc_kernels_name(0));
}
END_TEST

START_TEST(unknown_kernels_in_the_environment_are_ignored)
{
    static const char *const unknown[] = {"abacus", ""};

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; ++i) {
        ck_assert_int_eq(setenv("TONECELL_KERNELS", unknown[i], 1), 0);
        ck_assert_str_eq(kernels_taken(NULL), tc_kernels_name(0));
    }
}
END_TEST

static void add_guard_tests(TCase *tests)
{
    tcase_add_loop_test(tests, exploded_channel_is_silent_then_starts_anew, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, other_channels_do_not_hear_the_explosion, 0,
                        with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, recovery_does_not_depend_on_the_cut, 0, with_all_kernels(ABOVES));
    tcase_add_loop_test(tests, overflowing_input_is_got_over, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_forgets_an_overflow, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_restarts_the_guard, 0, with_all_kernels(ABOVES));
}

static void add_mode_tests(TCase *tests)
{
#if defined(__SSE__)
    tcase_add_loop_test(tests, floating_point_mode_of_the_caller_is_kept_and_does_not_matter, 0,
                        with_all_kernels(NETWORKS));
#endif
#if defined(__SSE__) || defined(__aarch64__)
    tcase_add_loop_test(tests, denormal_input_counts_as_zero, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, decay_skips_denormals, 0, with_all_kernels(1));
#else
    (void)tests;
#endif
}

static void add_choice_tests(TCase *tests)
{
    tcase_add_test(tests, kernels_are_listed_best_first_and_c_last);
    tcase_add_test(tests, kernels_are_those_asked_for);
    tcase_add_test(tests, unknown_kernels_are_unsupported);
    tcase_add_test(tests, environment_names_kernels);
    tcase_add_test(tests, environment_does_not_overrule_the_caller);
    tcase_add_test(tests, unknown_kernels_in_the_environment_are_ignored);
}

int main(void)
{
    TCase *const tests = tcase_create("stream");

    tcase_add_loop_test(tests, output_is_that_of_the_reference, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, any_cut_gives_the_same_bits, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, in_place_gives_the_same_bits, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, outputs_may_be_inputs_in_any_order, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, channels_are_streams_of_their_own, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, reset_makes_a_stream_new, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, input_that_is_not_finite_counts_as_zero, 0,
                        with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, knobs_are_clamped, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, gains_direct_path_and_start_state_by_hand, 0, with_all_kernels(1));
    tcase_add_loop_test(tests, a_stored_state_is_where_the_stream_was, 0,
                        with_all_kernels(NETWORKS));
    add_guard_tests(tests);
    add_mode_tests(tests);
    tcase_add_loop_test(tests, no_frames_need_no_buffers, 0, with_all_kernels(NETWORKS));
    tcase_add_loop_test(tests, channel_counts_are_checked, 0, 2);
    tcase_add_loop_test(tests, the_most_channels_play, 0, with_all_kernels(2));
    add_choice_tests(tests);
    return support_run(tests, "stream");
}
