/* A model with a control signal: as the second audio input, or as its first knob. */
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 1500, CHANNELS = 3 };

/* Two audio inputs, of which the second is `LFO`, or one and the knob `LFO` from -2 to 6; then a
 * knob `Tone`. The input gain is 6 dB. */
static struct tc_model *controlled_model(enum tc_control control)
{
    const struct tc_architecture arch = {
        .audio_inputs = control == TC_CONTROL_AUDIO ? 2 : 1,
        .knobs = control == TC_CONTROL_AUDIO ? 1 : 2,
        .outputs = 1,
        .layers = 2,
        .direct = 1.0f,
        .layer = {{TC_CELL_LSTM, TC_TANH, 9}, {TC_CELL_GRU, TC_TANH, 5}}};
    static const struct tc_knob tone = {"Tone", "", 0.0f, 1.0f, 0.25f, -1.0f, 1.0f};
    static const struct tc_knob lfo = {"LFO", "V", -2.0f, 6.0f, 1.0f, 0.0f, 1.0f};
    float *const parameters = support_parameters(&arch, 7, NULL);
    struct tc_model *model = NULL;
    struct tc_metadata meta;

    tc_metadata_init(&meta);
    meta.sample_rate_hz = 48000.0;
    meta.in_gain_db = 6.0f;
    strcpy(meta.control, "LFO");
    meta.knob[0] = control == TC_CONTROL_AUDIO ? tone : lfo;
    meta.knob[1] = tone;
    ck_assert_int_eq(tc_model_new(&model, &arch, &meta, parameters, NULL), TC_OK);
    free(parameters);
    return model;
}

/* Interleave rows: signal of channel 0, control of channel 0, ... */
static struct support_signals with_control(const struct support_signals *in, const float *control)
{
    struct support_signals both = support_signals_new(2 * in->rows, in->frames);
    const size_t bytes = in->frames * sizeof *control;

    for (size_t c = 0; c < in->rows; ++c) {
        memcpy(both.samples + 2 * c * in->frames, in->samples + c * in->frames, bytes);
        memcpy(both.samples + (2 * c + 1) * in->frames, control, bytes);
    }
    return both;
}

/* Also beyond the range, and in calls of other lengths. */
START_TEST(knob_becomes_an_audio_input_of_the_same_sound)
{
    struct support_signals in = support_noise(CHANNELS, FRAMES, 1, 0.5f);
    struct support_signals out = support_signals_new(CHANNELS, FRAMES);
    struct support_signals played = support_signals_new(CHANNELS, FRAMES);
    struct support_signals knobs = support_noise(2, FRAMES, 2, 8.0f);
    struct support_signals both = with_control(&in, knobs.samples);
    const struct support_signals tone = {1, FRAMES, knobs.samples + FRAMES};
    struct tc_model *const model = controlled_model(TC_CONTROL_KNOB);
    struct tc_model *copy = NULL;
    struct tc_stream *stream = support_stream(model, CHANNELS);

    ck_assert_int_eq(tc_model_control(model), TC_CONTROL_KNOB);
    ck_assert_int_eq(tc_model_with_control_input(&copy, model, NULL), TC_OK);
    ck_assert_int_eq(tc_model_control(copy), TC_CONTROL_AUDIO);
    ck_assert_str_eq(tc_model_metadata(copy)->knob[0].name, "Tone");
    support_play(stream, &in, &knobs, &out, 0, FRAMES);
    tc_stream_free(stream);
    stream = support_stream(copy, CHANNELS);
    support_play(stream, &both, &tone, &played, 0, 1000);
    support_play(stream, &both, &tone, &played, 1000, FRAMES - 1000);
    tc_stream_free(stream);
    ck_assert_mem_eq(out.samples, played.samples, CHANNELS * FRAMES * sizeof(float));
    tc_model_free(copy);
    tc_model_free(model);
    support_signals_free(&both);
    support_signals_free(&knobs);
    support_signals_free(&played);
    support_signals_free(&out);
    support_signals_free(&in);
}
END_TEST

static void play(const struct tc_model *model, double rate_hz, const struct tc_controls *controls,
                 const float *in, const float *control, float *out)
{
    struct tc_player *player = NULL;

    ck_assert_int_eq(tc_player_new(&player, model, 1, rate_hz, NULL), TC_OK);
    tc_player_process(player, controls, (const float *const[]){in, control}, (float *[]){out},
                      FRAMES);
    tc_player_free(player);
}

/* The player's gain on the signal is as a louder signal with the same control. */
START_TEST(input_gain_leaves_the_control_signal_alone)
{
    static const double rates_hz[] = {48000.0, 44100.0};
    struct support_signals in = support_noise(2, FRAMES, 3, 0.3f);
    struct tc_model *const model = controlled_model(TC_CONTROL_AUDIO);
    float louder[FRAMES], by_gain[FRAMES], by_hand[FRAMES], plain[FRAMES];
    struct tc_controls controls;

    for (unsigned t = 0; t < FRAMES; ++t)
        louder[t] = in.samples[t] * powf(10.0f, 0.3f);
    tc_controls_init(&controls, model);
    play(model, rates_hz[_i], &controls, louder, in.samples + FRAMES, by_hand);
    play(model, rates_hz[_i], &controls, in.samples, in.samples + FRAMES, plain);
    controls.in_gain_db = 6.0f;
    play(model, rates_hz[_i], &controls, in.samples, in.samples + FRAMES, by_gain);
    for (unsigned t = 0; t < FRAMES; ++t)
        ck_assert_float_eq_tol(by_gain[t], by_hand[t], 1e-5f);
    ck_assert_mem_ne(plain, by_gain, sizeof plain);
    tc_model_free(model);
    support_signals_free(&in);
}
END_TEST

/* The model's own gain, too: what acts on the signal alone can be undone there. */
START_TEST(gain_of_the_model_leaves_the_control_signal_alone)
{
    struct support_signals in = support_noise(2, FRAMES, 4, 0.3f);
    struct tc_model *const model = controlled_model(TC_CONTROL_AUDIO);
    struct tc_metadata meta = *tc_model_metadata(model);
    float softer[FRAMES], expected[FRAMES], out[FRAMES];
    struct tc_controls controls;
    struct tc_model *louder = NULL;

    meta.in_gain_db += 20.0f;
    ck_assert_int_eq(tc_model_new(&louder, tc_model_architecture(model), &meta,
                                  tc_model_parameters(model), NULL),
                     TC_OK);
    for (unsigned t = 0; t < FRAMES; ++t)
        softer[t] = 0.1f * in.samples[t];
    tc_controls_init(&controls, model);
    controls.dry = 0.0f;
    play(model, 48000.0, &controls, in.samples, in.samples + FRAMES, expected);
    play(louder, 48000.0, &controls, softer, in.samples + FRAMES, out);
    for (unsigned t = 0; t < FRAMES; ++t)
        ck_assert_float_eq_tol(out[t], expected[t], 1e-5f);
    tc_model_free(louder);
    tc_model_free(model);
    support_signals_free(&in);
}
END_TEST

/* Bypassed, and dry, the output is the signal, and not what steers the model. */
START_TEST(dry_signal_is_the_first_input)
{
    struct support_signals in = support_noise(2, FRAMES, 5, 0.3f);
    struct tc_model *const model = controlled_model(TC_CONTROL_AUDIO);
    struct tc_controls controls;
    float out[FRAMES];

    tc_controls_init(&controls, model);
    controls.bypass = 1.0f;
    play(model, 48000.0, &controls, in.samples, in.samples + FRAMES, out);
    ck_assert_mem_eq(out, in.samples, sizeof out);
    tc_model_free(model);
    support_signals_free(&in);
}
END_TEST

START_TEST(loudness_is_that_of_the_signal_with_a_control_at_rest)
{
    struct tc_model *const model = controlled_model(TC_CONTROL_AUDIO);
    float loudness_db = NAN, gain = NAN;

    ck_assert_int_eq(tc_model_loudness(model, &loudness_db, &gain, NULL), TC_OK);
    ck_assert(isfinite(loudness_db) && isfinite(gain));
    tc_model_free(model);
}
END_TEST

START_TEST(image_and_file_keep_the_control_signal)
{
    static const enum tc_control controls[] = {TC_CONTROL_AUDIO, TC_CONTROL_KNOB};
    struct tc_model *const model = controlled_model(controls[_i]);
    struct tc_plugin_identity identity = {.label = "lfo", .mono_id = 1, .stereo_id = 2};
    struct tc_model *from_image = NULL, *from_file = NULL;
    unsigned char *const image = malloc(tc_image_size(model)), *file = NULL;
    size_t size = 0;

    tc_image_write(model, &identity, image);
    ck_assert_int_eq(tc_image_read(image, tc_image_size(model), &from_image, &identity, NULL),
                     TC_OK);
    ck_assert_int_eq(tc_model_save_bytes(model, &file, &size, NULL), TC_OK);
    ck_assert_int_eq(tc_model_read(&from_file, file, size, NULL), TC_OK);
    ck_assert_int_eq(tc_model_control(from_image), controls[_i]);
    ck_assert_int_eq(tc_model_control(from_file), controls[_i]);
    ck_assert_str_eq(tc_model_metadata(from_image)->control, "LFO");
    ck_assert_str_eq(tc_model_metadata(from_file)->control, "LFO");
    tc_model_free(from_image);
    tc_model_free(from_file);
    tc_model_free(model);
    free(image);
    free(file);
}
END_TEST

static void assert_refused(const struct tc_architecture *arch, const struct tc_metadata *meta,
                           const char *message)
{
    float *const parameters = support_parameters(arch, 1, NULL);
    struct tc_model *model = NULL;
    struct tc_error error;

    ck_assert_int_eq(tc_model_new(&model, arch, meta, parameters, &error), TC_BAD_VALUE);
    ck_assert_str_eq(error.message, message);
    free(parameters);
}

START_TEST(control_signal_without_an_input_of_its_own_is_refused)
{
    struct tc_model *const model = controlled_model(TC_CONTROL_AUDIO);
    struct tc_architecture arch = *tc_model_architecture(model);
    struct tc_metadata meta = *tc_model_metadata(model);
    struct tc_model *copy = NULL;

    ck_assert_int_eq(tc_model_with_control_input(&copy, model, NULL), TC_BAD_ARGUMENT);
    strcpy(meta.control, "Tone");
    assert_refused(&arch, &meta,
                   "the control signal Tone is an audio input, but knob 0 has its name");
    strcpy(meta.control, "Key");
    arch.audio_inputs = 1;
    assert_refused(&arch, &meta,
                   "the control signal Key is neither the second of two audio inputs nor the first "
                   "knob");
    strcpy(meta.control, "a\nb");
    assert_refused(&arch, &meta, "the control signal's name is not printable UTF-8");
    tc_model_free(model);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("control");

    tcase_add_test(tests, knob_becomes_an_audio_input_of_the_same_sound);
    tcase_add_loop_test(tests, input_gain_leaves_the_control_signal_alone, 0, 2);
    tcase_add_test(tests, gain_of_the_model_leaves_the_control_signal_alone);
    tcase_add_test(tests, dry_signal_is_the_first_input);
    tcase_add_test(tests, loudness_is_that_of_the_signal_with_a_control_at_rest);
    tcase_add_loop_test(tests, image_and_file_keep_the_control_signal, 0, 2);
    tcase_add_test(tests, control_signal_without_an_input_of_its_own_is_refused);
    return support_run(tests, "control");
}
