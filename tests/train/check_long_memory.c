#include "sequence_data.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Sequences of hundreds of frames, for minutes each: a part of `make check-slow`. */

/* Data and options of a training. */
struct experiment {
    struct tc_layer layer;
    enum tc_readout readout;
    enum tc_optimizer optimizer;
    enum tc_recurrent recurrent;
    unsigned batch, epochs, memory, seed;
    float learning_rate;
    struct sequences train, val, test;
};

enum { HIDDEN = 32, SEED = 1 };

static void experiment_free(struct experiment *experiment)
{
    sequences_free(&experiment->train);
    sequences_free(&experiment->val);
    sequences_free(&experiment->test);
}

/* A whole sequence in a chunk: full backpropagation. */
static struct tc_train_options options_for(const struct experiment *experiment)
{
    struct tc_train_options options;

    tc_train_options_init(&options);
    options.batch = experiment->batch;
    options.warmup = 0;
    options.truncate = (unsigned)experiment->train.frames;
    options.learning_rate = experiment->learning_rate;
    options.epochs = options.patience = experiment->epochs;
    options.seed = experiment->seed ? experiment->seed : SEED;
    options.memory = experiment->memory;
    options.optimizer = experiment->optimizer;
    options.recurrent = experiment->recurrent;
    return options;
}

static bool store_progress(const struct tc_progress *p, void *user)
{
    struct tc_progress *const last = user;

    *last = *p;
    return true;
}

static struct tc_model *train_model(const struct experiment *experiment, struct tc_progress *last)
{
    const struct tc_architecture arch = {.audio_inputs = experiment->train.inputs,
                                         .outputs = experiment->train.outputs,
                                         .layers = 1,
                                         .readout = experiment->readout,
                                         .layer = {experiment->layer}};
    const struct tc_train_options options = options_for(experiment);
    struct tc_metadata meta;
    struct tc_trainer *trainer = NULL;
    struct tc_model *model = NULL;
    struct tc_error error = {""};

    tc_metadata_init(&meta);
    ck_assert_msg(tc_trainer_new(&trainer, &arch, &meta, &options, experiment->train.clip,
                                 experiment->train.n, experiment->val.clip, experiment->val.n,
                                 &error) == TC_OK,
                  "%s", error.message);
    ck_assert_msg(tc_trainer_run(trainer, store_progress, last, NULL, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_int_eq(tc_trainer_best(trainer, NULL, &model, NULL), TC_OK);
    tc_trainer_free(trainer);
    return model;
}

/* An LSTM learns this only if its gate biases are initialised to the memory length. */
static const struct {
    enum tc_cell cell;
    unsigned memory;
} adders[] = {{TC_CELL_GRU, 0}, {TC_CELL_LSTM, 600}};

START_TEST(adding_problem_of_600_frames_is_learned)
{
    enum { FRAMES = 600 };
    struct support_random random = {SEED};
    struct experiment experiment = {.layer = {adders[_i].cell, TC_TANH, HIDDEN},
                                    .batch = 50,
                                    .epochs = 20,
                                    .memory = adders[_i].memory,
                                    .learning_rate = 5e-3f};
    struct tc_progress last = {0};
    struct tc_model *model;
    struct tc_score score;
    double error;

    experiment.train = sequences_adding(8000, FRAMES, &random);
    experiment.val = sequences_adding(400, FRAMES, &random);
    experiment.test = sequences_adding(2000, FRAMES, &random);
    model = train_model(&experiment, &last);
    score = sequences_score(model, &experiment.test);
    error = score.error_energy / (double)score.frames;
    printf("adding, %d frames: %s of %d, seed %d: mean square error %.2g after %.0f s\n", FRAMES,
           tc_cell_name(experiment.layer.cell), HIDDEN, SEED, error, last.seconds);
    ck_assert_uint_eq(score.frames, 2000);
    ck_assert_double_le(error, 1e-3);
    tc_model_free(model);
    experiment_free(&experiment);
}
END_TEST

enum { DELAY = 1000 };

static const double without_memory = 10.0 * 2.0794415416798357 / (DELAY + 20); /* 10 ln 8 */

/* Cross-entropy in nats per frame on the test sequences. */
static double copy_nats(struct experiment *experiment)
{
    struct support_random random = {SEED};
    struct tc_progress last = {0};
    struct tc_model *model;
    struct tc_score score;

    experiment->train = sequences_copy(1000, DELAY, &random);
    experiment->val = sequences_copy(50, DELAY, &random);
    experiment->test = sequences_copy(100, DELAY, &random);
    model = train_model(experiment, &last);
    score = sequences_score(model, &experiment->test);
    printf("copy memory, %d frames: %s of %u, seed %d: %.5f nats after %.0f s, without memory "
           "%.5f\n",
           DELAY, tc_cell_name(experiment->layer.cell), experiment->layer.hidden, SEED,
           tc_score_nats(&score), last.seconds, without_memory);
    tc_model_free(model);
    experiment_free(experiment);
    return tc_score_nats(&score);
}

/* It learns which frames are blank, but not the symbols to repeat. */
START_TEST(lstm_does_not_learn_to_copy_over_1000_frames)
{
    struct experiment experiment = {.layer = {TC_CELL_LSTM, TC_TANH, HIDDEN},
                                    .readout = TC_READOUT_SOFTMAX,
                                    .batch = 50,
                                    .epochs = 100,
                                    .learning_rate = 5e-3f};

    ck_assert_double_eq_tol(copy_nats(&experiment), without_memory, 0.02 * without_memory);
}
END_TEST

/* The sizes and rates of Helfrich, Willmott & Ye 2018. */
START_TEST(orthogonal_rnn_learns_to_copy_over_1000_frames)
{
    struct experiment experiment = {.layer = {TC_CELL_RNN, TC_MODRELU, 190},
                                    .readout = TC_READOUT_SOFTMAX,
                                    .optimizer = TC_OPTIMIZER_RMSPROP,
                                    .recurrent = TC_RECURRENT_ORTHOGONAL,
                                    .batch = 20,
                                    .epochs = 12,
                                    .learning_rate = 1e-3f};

    ck_assert_double_le(copy_nats(&experiment), 1e-3);
}
END_TEST

/* For both cells it depends on the initial weights whether this is learned. */
START_TEST(spike_periods_of_49_and_50_frames_are_distinguished)
{
    static const enum tc_cell cells[] = {TC_CELL_LSTM_PEEPHOLE, TC_CELL_LSTM};
    enum { UNITS = 4, SEEDS = 5 };
    struct experiment experiment = {.layer = {cells[_i], TC_TANH, UNITS},
                                    .readout = TC_READOUT_LOGISTIC,
                                    .batch = 50,
                                    .epochs = 400,
                                    .learning_rate = 2e-3f};
    unsigned learned = 0;

    for (experiment.seed = 1; experiment.seed <= SEEDS; ++experiment.seed) {
        struct support_random random = {experiment.seed};
        struct tc_progress last = {0};
        struct tc_model *model;
        struct tc_score score;
        double nats;

        experiment.train = sequences_timing(1000, &random);
        experiment.val = sequences_timing(200, &random);
        experiment.test = sequences_timing(1000, &random);
        model = train_model(&experiment, &last);
        score = sequences_score(model, &experiment.test);
        nats = tc_score_nats(&score);
        printf(
            "timing, 49 or 50 frames: %s of %d, seed %u: %.4f nats after %.0f s, chance 0.6931\n",
            tc_cell_name(experiment.layer.cell), UNITS, experiment.seed, nats, last.seconds);
        learned += nats < 0.05;
        tc_model_free(model);
        experiment_free(&experiment);
    }
    printf("timing: %s learned from %u of %d seeds\n", tc_cell_name(experiment.layer.cell), learned,
           SEEDS);
    ck_assert_uint_ge(learned, 1);
}
END_TEST

int main(void)
{
    TCase *tests;

    if (!getenv("LONG_TESTS")) {
        puts("skipped: takes a minute or more, make check-slow runs it");
        return 77;
    }
    tests = tcase_create("long_memory");
    tcase_add_loop_test(tests, adding_problem_of_600_frames_is_learned, 0,
                        sizeof adders / sizeof *adders);
    tcase_add_test(tests, orthogonal_rnn_learns_to_copy_over_1000_frames);
    tcase_add_test(tests, lstm_does_not_learn_to_copy_over_1000_frames);
    tcase_add_loop_test(tests, spike_periods_of_49_and_50_frames_are_distinguished, 0, 2);
    return support_run(tests, "long_memory");
}
