#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train/trainer.h"
#include "train_log.h"
#include "trainer_problem.h"

#include <math.h>
#include <stdio.h>

/* A trainer reports its progress correctly, ends for the right reason and rejects steps that
 * overflow. */

static struct trainer_problem p; /* of a small GRU, unless the test says otherwise */
static struct train_log progress;

static void set_up(void)
{
    problem_init(&p, TC_CELL_GRU, 3);
    progress = train_log_new();
}

static void tear_down(void)
{
    problem_free(&p);
}

static struct tc_model *train_until(enum tc_train_end expected, struct train_log *log)
{
    return problem_train_until(&p, expected, train_log_watch, log);
}

/* Every update and every validation is reported once, those of the last epoch too. */
START_TEST(training_ends_after_all_epochs)
{
    p.options.epochs = 3;
    p.options.patience = 3;
    p.clip[TRAIN_CLIPS].n_frames = p.clip[TRAIN_CLIPS + 1].n_frames = 600;
    tc_model_free(train_until(TC_END_EPOCHS, &progress));
    ck_assert_uint_eq(progress.last.epoch, 3);
    ck_assert_uint_eq(progress.validations, 3);
    ck_assert_uint_eq(progress.calls, progress.last.updates + 3);
    ck_assert_double_gt(progress.last.frames_per_second, 0.0);
}
END_TEST

/* With 12000 frames to validate and 6000 to train on, a ratio of 1 to 20 means a validation every
 * 40th epoch. The last epoch is scored in any case. */
START_TEST(validation_costs_at_most_a_twentieth_of_training)
{
    p.options.epochs = 42;
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        p.clip[c].n_frames = 2000 + p.options.warmup;
    tc_model_free(train_until(TC_END_EPOCHS, &progress));
    ck_assert_uint_eq(progress.last.epoch, 42);
    ck_assert_uint_eq(progress.validations, 2);
}
END_TEST

START_TEST(training_ends_out_of_patience_with_a_reduced_learning_rate)
{
    make_unlearnable(&p, CLIPS);
    p.clip[TRAIN_CLIPS].n_frames = p.clip[TRAIN_CLIPS + 1].n_frames = 1000;
    p.options.patience = 7;
    p.options.learning_rate = 0.5f;
    tc_model_free(train_until(TC_END_PATIENCE, &progress));
    ck_assert_uint_ge(progress.validations, 8);
    ck_assert_uint_lt(progress.validations, 200);
    ck_assert_double_gt(progress.last.score, progress.last.best_score);
    ck_assert_double_le(progress.last.learning_rate, 0.25);
}
END_TEST

START_TEST(training_ends_at_the_time_limit)
{
    p.options.epochs = p.options.patience = 1000000;
    p.options.time_limit_s = 0.1;
    tc_model_free(train_until(TC_END_TIME, &progress));
    ck_assert_uint_ge(progress.validations, 1);
    ck_assert_double_ge(progress.last.seconds, 0.1);
    ck_assert_double_lt(progress.last.seconds, 5.0);
}
END_TEST

/* Stopped before any validation, the current weights are scored and become the best. */
START_TEST(stopping_before_validation_scores_the_current_weights)
{
    struct tc_model *model;

    progress.stop_at_update = 4;
    model = train_until(TC_END_STOPPED, &progress);
    ck_assert_uint_eq(progress.last.updates, 4);
    ck_assert_uint_eq(progress.calls, 5);
    ck_assert_double_eq_tol(problem_score(&p, model), progress.last.best_score,
                            1e-3 * progress.last.best_score);
    tc_model_free(model);
}
END_TEST

/* Stopped in the middle of a later epoch, the best model of those before is returned. */
START_TEST(stopping_after_validation_keeps_the_best_model)
{
    struct train_log first = train_log_new();
    struct tc_model *after_one, *stopped;

    first.stop_at_validation = 1;
    after_one = train_until(TC_END_STOPPED, &first);
    ck_assert_uint_eq(first.validations, 1);
    progress.stop_at_update = (unsigned)first.last.updates + 2;
    stopped = train_until(TC_END_STOPPED, &progress);
    ck_assert_uint_eq(progress.validations, 1);
    ck_assert(support_same_parameters(after_one, stopped));
    tc_model_free(stopped);
    tc_model_free(after_one);
}
END_TEST

/* Some sequences of a batch end before others: frames after their end are not counted. */
START_TEST(frames_of_mixed_length_clips_are_counted_exactly)
{
    double all = 0.0;

    p.options.batch = 3;
    p.options.epochs = 4;
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c) {
        p.clip[c].n_frames = FRAMES - c * 1100;
        all += (double)(p.clip[c].n_frames - p.options.warmup);
    }
    for (unsigned c = TRAIN_CLIPS; c < CLIPS; ++c)
        p.clip[c].n_frames = 500;
    tc_model_free(problem_train(&p, train_log_watch, &progress, NULL));
    ck_assert_uint_eq(progress.validations, 4);
    ck_assert_double_ge(progress.least_done, 0.92);
    ck_assert_double_le((double)progress.last.frames, 4.0 * all);
    ck_assert_double_ge((double)progress.last.frames, 4.0 * 0.92 * all);
}
END_TEST

/* The validation target is inverted: the score gets worse with every step. */
static void invert_validation(void)
{
    for (size_t i = (size_t)TRAIN_CLIPS * FRAMES; i < (size_t)CLIPS * FRAMES; ++i)
        p.target.samples[i] = -p.target.samples[i];
}

/* Halved three times, but not below 1e-5 or the initial learning rate, whichever is less. */
static const struct {
    float start, end;
} steps[] = {{2e-6f, 2e-6f}, {1.5e-5f, 1e-5f}, {4e-4f, 0.5e-4f}};

START_TEST(plateau_halves_the_learning_rate_down_to_a_minimum)
{
    invert_validation();
    p.options.learning_rate = steps[_i].start;
    p.options.patience = 17;
    tc_model_free(train_until(TC_END_PATIENCE, &progress));
    ck_assert_uint_le(progress.validations, 40);
    ck_assert_double_eq_tol(progress.last.learning_rate, (double)steps[_i].end, 1e-11);
}
END_TEST

/* ------------------------------------------------------------------------- overflow */

static const enum tc_activation unbounded[] = {TC_RELU, TC_IDENTITY};

/* Which steps overflow depends on rounding, but some of many do. Each halves the learning rate, and
 * the tenth ends the training. */
START_TEST(overflowing_steps_are_undone)
{
    unsigned rejected = 0;

    make_divergent(&p, unbounded[_i]);
    p.options.epochs = 20;
    for (p.options.seed = 1; p.options.seed <= 6; ++p.options.seed) {
        struct tc_trainer *const trainer = problem_trainer(&p);
        struct tc_error error = {""};
        enum tc_status status;
        struct tc_model *model;

        progress = train_log_new();
        status = tc_trainer_run(trainer, train_log_watch, &progress, NULL, &error);
        model = best_model(trainer);
        ck_assert_msg(status == (progress.last.rejected == 10 ? TC_BAD_VALUE : TC_OK), "%s",
                      error.message);
        ck_assert(isfinite(problem_score(&p, model)));
        ck_assert_uint_le(progress.last.rejected, 10);
        ck_assert_double_le(progress.last.learning_rate, ldexp(1.0, -(int)progress.last.rejected));
        rejected += progress.last.rejected;
        tc_model_free(model);
        tc_trainer_free(trainer);
    }
    ck_assert_uint_gt(rejected, 0);
}
END_TEST

/* Samples so large that the direct path alone makes every gradient infinite. */
static void make_every_step_overflow(void)
{
    p.arch.layer[0] = (struct tc_layer){TC_CELL_LSTM, TC_TANH, 4};
    p.arch.direct = 1.0f;
    for (size_t i = 0; i < (size_t)CLIPS * FRAMES; ++i)
        p.input.samples[i] = 3e38f;
}

/* After ten steps, or at the end of a training that has fewer. */
static const struct {
    unsigned truncate, epochs, rejected;
    const char *rate;
} rejections[] = {{32, 1000, 10, "1.95312e-05"}, {256, 1, 5, "0.000625"}};

START_TEST(repeated_overflow_is_an_error)
{
    struct tc_trainer *trainer;
    struct tc_error error = {""};
    char message[sizeof error.message];
    enum tc_train_end end = TC_END_TIME;

    make_every_step_overflow();
    p.options.truncate = rejections[_i].truncate;
    p.options.epochs = rejections[_i].epochs;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, train_log_watch, &progress, &end, &error),
                     TC_BAD_VALUE);
    snprintf(message, sizeof message,
             "%u steps gave a loss, gradient or weight that is not finite, at learning rates from "
             "0.01 down to %s: try a smaller one, or look for extreme values in the data",
             rejections[_i].rejected, rejections[_i].rate);
    ck_assert_str_eq(error.message, message);
    ck_assert_uint_eq(progress.last.updates, 0);
    ck_assert_int_eq(end, TC_END_TIME);
    tc_model_free(best_model(trainer));
    /* Nor does it go on when it is run again, as after a checkpoint. */
    if (rejections[_i].rejected == 10)
        ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, &end, NULL), TC_BAD_VALUE);
    tc_trainer_free(trainer);
}
END_TEST

/* With inputs near 1e11 and no limit of the gradient's norm, gradients of the readout have squares
 * above FLT_MAX, while losses, gradients and weights are finite. A second moment that is infinite
 * would stop the readout for ever. */
START_TEST(steps_whose_moments_overflow_are_undone)
{
    struct tc_trainer *trainer;

    p.arch.layer[0] = (struct tc_layer){TC_CELL_RNN, TC_IDENTITY, 4};
    p.options.clip_norm = 0.0f;
    p.options.optimizer = (enum tc_optimizer)_i;
    for (size_t i = 0; i < (size_t)TRAIN_CLIPS * FRAMES; ++i)
        p.input.samples[i] *= 1e12f;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, train_log_watch, &progress, NULL, NULL), TC_BAD_VALUE);
    ck_assert_uint_eq(progress.last.rejected, 10);
    for (size_t i = 0; i < trainer->state.n.updated; ++i)
        ck_assert(isfinite(trainer->state.optimizer.v[i]));
    tc_trainer_free(trainer);
}
END_TEST

/* The rows of a training that overflows at times: each step that is undone begins with the best
 * weights until then, an optimiser without moments, and half the learning rate. */
static bool expect_undone(const struct tc_progress *now, void *user)
{
    static double rate_before;
    static unsigned rejected_before;
    const struct tc_training_state *const s = &((struct tc_trainer *)user)->state;

    if (now->rejected > rejected_before) {
        ck_assert_double_eq(now->learning_rate, 0.5 * rate_before);
        ck_assert_mem_eq(s->parameters, s->best, s->n.saved * sizeof *s->best);
        ck_assert_double_eq(s->optimizer.m_weight, 1.0);
        for (size_t i = 0; i < s->n.updated; ++i)
            ck_assert(s->optimizer.m[i] == 0.0f && s->optimizer.v[i] == 0.0f);
    }
    rate_before = now->learning_rate;
    rejected_before = now->rejected;
    return true;
}

START_TEST(an_undone_step_goes_back_to_the_best_weights)
{
    struct tc_trainer *trainer;

    make_divergent(&p, TC_IDENTITY);
    p.options.epochs = 20;
    trainer = problem_trainer(&p);
    (void)tc_trainer_run(trainer, expect_undone, trainer, NULL, NULL);
    ck_assert_uint_gt(trainer->state.totals.rejected, 0);
    tc_trainer_free(trainer);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer_ends");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, training_ends_after_all_epochs);
    tcase_add_test(tests, validation_costs_at_most_a_twentieth_of_training);
    tcase_add_test(tests, training_ends_out_of_patience_with_a_reduced_learning_rate);
    tcase_add_test(tests, training_ends_at_the_time_limit);
    tcase_add_test(tests, stopping_before_validation_scores_the_current_weights);
    tcase_add_test(tests, stopping_after_validation_keeps_the_best_model);
    tcase_add_test(tests, frames_of_mixed_length_clips_are_counted_exactly);
    tcase_add_loop_test(tests, plateau_halves_the_learning_rate_down_to_a_minimum, 0,
                        sizeof steps / sizeof *steps);
    tcase_add_loop_test(tests, overflowing_steps_are_undone, 0, 2);
    tcase_add_loop_test(tests, repeated_overflow_is_an_error, 0, 2);
    tcase_add_loop_test(tests, steps_whose_moments_overflow_are_undone, 0, 2);
    tcase_add_test(tests, an_undone_step_goes_back_to_the_best_weights);
    return support_run(tests, "trainer_ends");
}
