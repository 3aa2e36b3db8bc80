#include "config.h"
#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train_log.h"
#include "trainer_problem.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A trainer learns, gives the same model for the same seed, and applies its options and metadata.
 */

static const enum tc_cell cells[] = {TC_CELL_LSTM, TC_CELL_GRU};

START_TEST(device_is_learned)
{
    struct trainer_problem p;
    struct train_log log = train_log_new();
    struct tc_model *model;
    enum tc_train_end end;

    problem_init(&p, cells[_i], 8);
    p.options.learning_rate = 0.01f;
    p.options.epochs = 40;
    model = problem_train(&p, train_log_watch, &log, &end);
    ck_assert_double_lt(problem_score(&p, model), 0.01);
    ck_assert_double_lt(log.last_loss, 0.05 * log.first_loss);
    ck_assert_double_eq_tol(log.last.best_score, problem_score(&p, model),
                            1e-3 * log.last.best_score);
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* One, two and four shards of sequences: fewer than 5 threads can use. */
static const struct {
    enum tc_cell cell;
    unsigned batch;
} parallel[] = {{TC_CELL_LSTM, 5},
                {TC_CELL_LSTM, 17},
                {TC_CELL_LSTM, 33},
                {TC_CELL_GRU, 17},
                {TC_CELL_GRU, 33}};

START_TEST(the_model_does_not_depend_on_threads)
{
    static const unsigned threads[] = {2, 3, 5, 0};
    struct trainer_problem p;
    struct tc_model *one, *other;

    problem_init(&p, parallel[_i].cell, 7);
    p.options.batch = parallel[_i].batch;
    p.options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = 1500;
    one = problem_train(&p, NULL, NULL, NULL);
    for (unsigned i = 0; i < sizeof threads / sizeof *threads; ++i) {
        p.options.threads = threads[i];
        other = problem_train(&p, NULL, NULL, NULL);
        ck_assert_msg(support_same_parameters(one, other), "%u sequences, %u threads",
                      p.options.batch, threads[i]);
        tc_model_free(other);
    }
    p.options.seed = 2;
    other = problem_train(&p, NULL, NULL, NULL);
    ck_assert(!support_same_parameters(one, other));
    tc_model_free(other);
    tc_model_free(one);
    problem_free(&p);
}
END_TEST

/* Statistics of the upper layer are sums over shards. */
START_TEST(batch_normalisation_does_not_depend_on_threads)
{
    struct trainer_problem p;
    struct tc_model *one, *plain;

    problem_init(&p, cells[_i], 5);
    p.arch.layers = 2;
    p.arch.layer[1] = p.arch.layer[0];
    p.options.batch = 33;
    p.options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = 1500;
    plain = problem_train(&p, NULL, NULL, NULL);
    p.options.batch_norm = true;
    one = problem_train(&p, NULL, NULL, NULL);
    ck_assert(!support_same_parameters(one, plain));
    problem_require_any_threads(&p, one, "batch normalisation");
    tc_model_free(plain);
    tc_model_free(one);
    problem_free(&p);
}
END_TEST

/* A small signal with a large offset is hard to learn from unless sums are centred and scaled. The
 * validation score is that of the model with its statistics folded in. */
START_TEST(batch_normalisation_learns_small_signals_with_an_offset)
{
    struct trainer_problem p;
    struct train_log log = train_log_new();
    struct tc_model *plain, *normalised;
    double score;

    problem_init(&p, cells[_i], 8);
    p.options.epochs = 20;
    for (size_t i = 0; i < (size_t)CLIPS * FRAMES; ++i)
        p.input.samples[i] = 2.0f + 0.02f * p.input.samples[i];
    p.options.start = TC_START_ZERO; /* as in validation */
    plain = problem_train(&p, NULL, NULL, NULL);
    p.options.batch_norm = true;
    normalised = problem_train(&p, train_log_watch, &log, NULL);
    score = problem_score(&p, normalised);
    ck_assert_double_lt(score, 0.5 * problem_score(&p, plain));
    ck_assert_double_eq_tol(log.last.best_score, score, 1e-3 * score);
    tc_model_free(normalised);
    tc_model_free(plain);
    problem_free(&p);
}
END_TEST

/* Before the first trainer BLAS may run as many threads as the machine has or the environment sets.
 * They split the QR decomposition of matrices of this size, which changes the rounding: with this
 * seed one of a quarter of a million floats differs. */
START_TEST(initial_weights_do_not_depend_on_blas_threads)
{
    struct tc_model *model[2];
    struct trainer_problem p;

    problem_init(&p, TC_CELL_LSTM, 256);
    p.options.seed = 2;
    p.options.batch = 1;
    p.meta.sample_rate_hz = 1.0; /* one frame of silence for the initial state */
    for (int i = 0; i < 2; ++i) {
        struct tc_trainer *trainer;

        openblas_set_num_threads(i ? 1 : 2);
        trainer = problem_trainer(&p);
        model[i] = best_model(trainer);
        tc_trainer_free(trainer);
    }
    ck_assert(support_same_parameters(model[0], model[1]));
    tc_model_free(model[1]);
    tc_model_free(model[0]);
    problem_free(&p);
}
END_TEST

/* Adam is invariant to the scale of all gradients, but not to that of one among the others. */
START_TEST(gradient_norm_is_clipped)
{
    struct trainer_problem p;
    struct tc_model *never, *rarely, *always;

    problem_init(&p, TC_CELL_GRU, 3);
    p.options.epochs = 1;
    p.options.clip_norm = 0.0f;
    never = problem_train(&p, NULL, NULL, NULL);
    p.options.clip_norm = 1e6f;
    rarely = problem_train(&p, NULL, NULL, NULL);
    p.options.clip_norm = 1e-3f;
    always = problem_train(&p, NULL, NULL, NULL);
    ck_assert(support_same_parameters(never, rarely));
    ck_assert(!support_same_parameters(never, always));
    tc_model_free(always);
    tc_model_free(rarely);
    tc_model_free(never);
    problem_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- the model */

START_TEST(model_has_the_given_metadata)
{
    struct trainer_problem p;
    struct tc_trainer *trainer;
    struct tc_model *model = NULL;

    problem_init(&p, TC_CELL_LSTM, 3);
    strcpy(p.meta.name, "Green");
    p.meta.training = "{\"not\": \"this\"}";
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_best(trainer, "{\"seed\": 1}", &model, NULL), TC_OK);
    ck_assert_str_eq(tc_model_metadata(model)->name, "Green");
    ck_assert_str_eq(tc_model_metadata(model)->training, "{\"seed\": 1}");
    ck_assert_double_eq(tc_model_metadata(model)->sample_rate_hz, 8000.0);
    tc_model_free(model);
    model = best_model(trainer);
    ck_assert_ptr_null(tc_model_metadata(model)->training);
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* y = out_gain * network(in_gain * x): the network is the one that samples scaled beforehand give,
 * and the model plays with the gains. */
START_TEST(metadata_gains_scale_input_and_target)
{
    struct trainer_problem p;
    struct tc_model *with_gains, *scaled;
    double esr;

    problem_init(&p, TC_CELL_GRU, 4);
    p.arch.direct = 1.0f;
    p.options.epochs = 1;
    p.meta.in_gain_db = 7.0f;
    p.meta.out_gain_db = -9.0f;
    with_gains = problem_train(&p, NULL, NULL, NULL);
    esr = problem_score(&p, with_gains);
    for (size_t i = 0; i < (size_t)CLIPS * FRAMES; ++i) {
        p.input.samples[i] *= powf(10.0f, 7.0f / 20.0f);
        p.target.samples[i] *= powf(10.0f, 9.0f / 20.0f);
    }
    p.meta.in_gain_db = p.meta.out_gain_db = 0.0f;
    scaled = problem_train(&p, NULL, NULL, NULL);
    ck_assert(support_same_parameters(with_gains, scaled));
    ck_assert_double_eq_tol(problem_score(&p, scaled), esr, 1e-4 * esr);
    tc_model_free(scaled);
    tc_model_free(with_gains);
    problem_free(&p);
}
END_TEST

/* Drive from 1 to 8 in the user's unit. Two settings occur in validation only. */
START_TEST(knob_is_learned)
{
    static const float drive[CLIPS] = {1.0f, 3.5f, 8.0f, 2.0f, 5.5f};
    struct trainer_problem p;
    struct tc_model *model;

    problem_init(&p, TC_CELL_LSTM, 8);
    add_drive_knob(&p, 1.0f);
    p.options.learning_rate = 0.01f;
    p.options.epochs = 40;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p.clip[c].knob[0] = drive[c];
        play_device(p.input_row.row[c], p.target_row.row[c], drive[c]);
    }
    model = problem_train(&p, NULL, NULL, NULL);
    ck_assert_double_lt(problem_score(&p, model), 0.01);
    p.clip[TRAIN_CLIPS].knob[0] = 5.5f;
    p.clip[TRAIN_CLIPS + 1].knob[0] = 2.0f;
    ck_assert_double_gt(problem_score(&p, model), 0.05);
    tc_model_free(model);
    problem_free(&p);
}
END_TEST

/* Two clips of four chunks and a warm-up give one stream each, though the batch is 8; every frame
 * of them takes at least h, c and four gates of its 5 units. */
START_TEST(trainer_reports_its_memory_and_kernels)
{
    enum { UNITS = 5, STREAMS = 2 };
    struct trainer_problem p;
    struct tc_trainer *trainer;
    unsigned streams = 0;
    size_t memory;

    problem_init(&p, TC_CELL_LSTM, UNITS);
    p.options.batch = 8;
    p.options.truncate = 512;
    p.clip[0].n_frames = p.clip[1].n_frames = p.options.warmup + 4 * p.options.truncate;
    p.clip[2].n_frames = 1;
    ck_assert_int_eq(setenv("TONECELL_KERNELS", "c", 1), 0);
    trainer = problem_trainer(&p);
    memory = tc_trainer_memory(trainer, &streams);
    ck_assert_uint_eq(streams, STREAMS);
    ck_assert_uint_ge(memory, STREAMS * p.options.truncate * 6 * UNITS * sizeof(float));
    ck_assert_uint_eq(tc_trainer_memory(trainer, NULL), memory);
    ck_assert_str_eq(tc_trainer_kernels(trainer), "c");
    tc_trainer_free(trainer);

    ck_assert_int_eq(setenv("TONECELL_KERNELS", "none of these", 1), 0);
    trainer = problem_trainer(&p);
    ck_assert_str_eq(tc_trainer_kernels(trainer), tc_kernels_name(0));
    tc_trainer_free(trainer);
    ck_assert_int_eq(unsetenv("TONECELL_KERNELS"), 0);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer");

    tcase_add_loop_test(tests, device_is_learned, 0, 2);
    tcase_add_loop_test(tests, the_model_does_not_depend_on_threads, 0,
                        sizeof parallel / sizeof *parallel);
    tcase_add_loop_test(tests, batch_normalisation_does_not_depend_on_threads, 0, 2);
    tcase_add_loop_test(tests, batch_normalisation_learns_small_signals_with_an_offset, 0, 2);
    tcase_add_test(tests, initial_weights_do_not_depend_on_blas_threads);
    tcase_add_test(tests, model_has_the_given_metadata);
    tcase_add_test(tests, metadata_gains_scale_input_and_target);
    tcase_add_test(tests, knob_is_learned);
    tcase_add_test(tests, gradient_norm_is_clipped);
    tcase_add_test(tests, trainer_reports_its_memory_and_kernels);
    return support_run(tests, "trainer");
}
