#include "tests/support/support.h"

#include "tonecell-train.h"

#include <math.h>
#include <stdlib.h>

/* More inputs and classes than a player has channels: features and classes of a classifier. */

enum { INPUTS = 300, CLASSES = 1000, UNITS = 8, FRAMES = 64 };

static const struct tc_architecture wide = {.audio_inputs = INPUTS,
                                            .outputs = CLASSES,
                                            .layers = 1,
                                            .readout = TC_READOUT_SOFTMAX,
                                            .layer = {{TC_CELL_GRU, TC_TANH, UNITS}}};

/* Rows of signals, to be freed: noise, or the class `frame % CLASSES` as targets. */
static float **signals_new(size_t rows, bool targets)
{
    float **const row = malloc(rows * sizeof *row + rows * FRAMES * sizeof **row);
    struct support_signals noise = support_noise((unsigned)rows, FRAMES, 5, 0.5f);

    ck_assert_ptr_nonnull(row);
    for (size_t r = 0; r < rows; ++r) {
        row[r] = (float *)(row + rows) + r * FRAMES;
        for (size_t t = 0; t < FRAMES; ++t)
            row[r][t] = targets ? (float)(t % CLASSES == r) : noise.samples[r * FRAMES + t];
    }
    support_signals_free(&noise);
    return row;
}

static bool store_score(const struct tc_progress *progress, void *user)
{
    if (progress->validated)
        *(double *)user = progress->score;
    return true;
}

/* Train for two epochs of one update each; `nats` is the cross-entropy after them. */
static struct tc_model *train(double *nats)
{
    float **const in = signals_new(INPUTS, false), **const target = signals_new(CLASSES, true);
    const struct tc_clip clip = {.input = (const float *const *)in,
                                 .target = (const float *const *)target,
                                 .n_frames = FRAMES,
                                 .whole = true};
    struct tc_train_options options;
    struct tc_trainer *trainer = NULL;
    struct tc_model *model = NULL;
    struct tc_metadata meta;
    struct tc_error error;

    tc_metadata_init(&meta);
    tc_train_options_init(&options);
    options.warmup = 0;
    options.epochs = 2;
    options.start = TC_START_ZERO;
    ck_assert_msg(tc_trainer_new(&trainer, &wide, &meta, &options, &clip, 1, &clip, 1, &error) ==
                      TC_OK,
                  "%s", error.message);
    ck_assert_msg(tc_trainer_run(trainer, store_score, nats, NULL, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, &error), TC_OK);
    tc_trainer_free(trainer);
    free(in);
    free(target);
    return model;
}

static void play(const struct tc_model *model, float **out)
{
    float **const in = signals_new(INPUTS, false);
    struct tc_stream *const stream = support_stream(model, 1);

    tc_stream_process(stream, (const float *const *)in, NULL, out, FRAMES);
    tc_stream_free(stream);
    free(in);
}

static void assert_same_output(const struct tc_model *model, const struct tc_model *other)
{
    float **const out = signals_new(2 * CLASSES, true);

    play(model, out);
    play(other, out + CLASSES);
    for (size_t o = 0; o < CLASSES; ++o)
        ck_assert_mem_eq(out[o], out[CLASSES + o], FRAMES * sizeof **out);
    for (size_t t = 0; t < FRAMES; ++t) {
        double sum = 0.0;

        for (size_t o = 0; o < CLASSES; ++o)
            sum += (double)out[o][t];
        ck_assert_double_eq_tol(sum, 1.0, 1e-5);
    }
    free(out);
}

START_TEST(many_features_and_classes_are_trained_and_stored)
{
    double nats = (double)NAN;
    struct tc_model *const model = train(&nats);
    struct tc_model *read = NULL;
    struct tc_plugin_identity identity = {.label = "wide", .mono_id = 1, .stereo_id = 2};
    unsigned char *bytes, *const image = malloc(tc_image_size(model));
    size_t size;

    ck_assert_double_lt(nats, log(CLASSES) * 1.01);
    ck_assert_int_eq(tc_model_save_bytes(model, &bytes, &size, NULL), TC_OK);
    ck_assert_int_eq(tc_model_read(&read, bytes, size, NULL), TC_OK);
    free(bytes);
    assert_same_output(model, read);
    tc_model_free(read);
    tc_image_write(model, &identity, image);
    ck_assert_int_eq(tc_image_read(image, tc_image_size(model), &read, &identity, NULL), TC_OK);
    free(image);
    assert_same_output(model, read);
    tc_model_free(read);
    tc_model_free(model);
}
END_TEST

/* Scratch and statistics of batch normalisation are of the inputs' number, too, which may be larger
 * than that of any layer's units. */
START_TEST(batch_normalisation_takes_more_inputs_than_units)
{
    enum { MANY = TC_MAX_UNITS + 300 };
    const struct tc_architecture arch = {
        .audio_inputs = MANY, .outputs = 1, .layers = 1, .layer = {{TC_CELL_GRU, TC_TANH, 4}}};
    float **const in = signals_new(MANY, false), **const target = signals_new(1, false);
    const struct tc_clip clip = {.input = (const float *const *)in,
                                 .target = (const float *const *)target,
                                 .n_frames = FRAMES,
                                 .whole = true};
    struct tc_train_options options;
    struct tc_trainer *trainer = NULL;
    struct tc_metadata meta;
    struct tc_error error;
    double esr = (double)NAN;

    tc_metadata_init(&meta);
    tc_train_options_init_sequences(&options);
    options.batch_norm = true;
    options.epochs = 20;
    options.start = TC_START_ZERO;
    ck_assert_msg(tc_trainer_new(&trainer, &arch, &meta, &options, &clip, 1, &clip, 1, &error) ==
                      TC_OK,
                  "%s", error.message);
    ck_assert_msg(tc_trainer_run(trainer, store_score, &esr, NULL, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_double_lt(esr, 0.9);
    tc_trainer_free(trainer);
    free(in);
    free(target);
}
END_TEST

static struct tc_model *zero_model(const struct tc_architecture *arch)
{
    struct tc_metadata meta;
    struct tc_model *model = NULL;
    size_t values;
    float *parameters;

    tc_architecture_tensors(arch, NULL, &values);
    parameters = calloc(values, sizeof *parameters);
    tc_metadata_init(&meta);
    ck_assert_int_eq(tc_model_new(&model, arch, &meta, parameters, NULL), TC_OK);
    free(parameters);
    return model;
}

START_TEST(players_refuse_models_of_more_than_the_audio_limit)
{
    struct tc_model *const model = zero_model(&wide);
    struct tc_player *player = NULL;
    struct tc_error error;

    ck_assert_int_eq(tc_player_new(&player, model, 1, 48000.0, &error), TC_UNSUPPORTED);
    ck_assert_str_eq(error.message, "the model has 300 audio inputs and 1000 outputs, a player "
                                    "takes at most 16 of each");
    tc_model_free(model);
}
END_TEST

static const struct {
    unsigned inputs, outputs;
    enum tc_readout readout;
    const char *message; /* NULL: allowed */
} limits[] = {
    {TC_MAX_FEATURES, TC_MAX_FEATURES, TC_READOUT_LINEAR, NULL},
    {1, TC_MAX_CLASSES, TC_READOUT_SOFTMAX, NULL},
    {1, TC_MAX_CLASSES, TC_READOUT_LOGISTIC, NULL},
    {4097, 1, TC_READOUT_LINEAR, "4097 audio inputs, the limit is 4096"},
    {1, 4097, TC_READOUT_LINEAR, "4097 outputs, the limit is 4096"},
    {1, 65537, TC_READOUT_SOFTMAX, "65537 outputs, the limit is 65536"},
};

START_TEST(limits_are_the_feature_and_class_limits)
{
    struct tc_architecture arch = wide;
    struct tc_error error;

    arch.audio_inputs = limits[_i].inputs;
    arch.outputs = limits[_i].outputs;
    arch.readout = limits[_i].readout;
    if (limits[_i].message) {
        ck_assert_int_eq(tc_architecture_check(&arch, &error), TC_TOO_LARGE);
        ck_assert_str_eq(error.message, limits[_i].message);
    } else {
        ck_assert_int_eq(tc_architecture_check(&arch, &error), TC_OK);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("wide models");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, many_features_and_classes_are_trained_and_stored);
    tcase_add_test(tests, batch_normalisation_takes_more_inputs_than_units);
    tcase_add_test(tests, players_refuse_models_of_more_than_the_audio_limit);
    tcase_add_loop_test(tests, limits_are_the_feature_and_class_limits, 0,
                        sizeof limits / sizeof *limits);
    return support_run(tests, "wide models");
}
