#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train_log.h"
#include "trainer_problem.h"

#include <string.h>

/* A training that starts from a model goes on from its parameters, and ends no worse. */

static struct trainer_problem p;
static struct tc_model *source; /* trained for an epoch */

static void set_up(void)
{
    problem_init(&p, TC_CELL_LSTM, 4);
    /* So short that each epoch is validated. */
    p.clip[TRAIN_CLIPS].n_frames = p.clip[TRAIN_CLIPS + 1].n_frames = 600;
    p.options.epochs = 1;
    source = problem_train(&p, NULL, NULL, NULL);
    p.options.epochs = 4;
    p.options.seed = 99;
}

static void tear_down(void)
{
    tc_model_free(source);
    problem_free(&p);
}

static struct tc_trainer *trainer_from_source(void)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_error error = {""};

    ck_assert_msg(tc_trainer_start_from(trainer, source, &error) == TC_OK, "%s", error.message);
    return trainer;
}

START_TEST(the_start_is_validated_before_the_first_epoch)
{
    struct tc_trainer *const trainer = trainer_from_source();
    const struct tc_history_entry *history;
    struct tc_model *model;

    ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, NULL, NULL), TC_OK);
    ck_assert_uint_eq(tc_trainer_history(trainer, &history), 5);
    ck_assert_uint_eq(history[0].epoch, 0);
    ck_assert_uint_eq(history[0].updates, 0);
    ck_assert_double_eq_tol(history[0].score, problem_score(&p, source), 1e-3 * history[0].score);
    model = best_model(trainer);
    ck_assert_double_lt(problem_score(&p, model), 0.9 * problem_score(&p, source));
    tc_model_free(model);
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(the_best_model_is_never_worse_than_the_start)
{
    struct tc_trainer *trainer;
    struct tc_model *model;

    make_unlearnable(&p, TRAIN_CLIPS);
    trainer = trainer_from_source();
    ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, NULL, NULL), TC_OK);
    model = best_model(trainer);
    ck_assert(support_same_parameters(model, source));
    tc_model_free(model);
    tc_trainer_free(trainer);
}
END_TEST

static void expect_refusal(enum tc_status status, const char *message)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_model *const before = best_model(trainer);
    struct tc_error error = {""};
    struct tc_model *after;

    ck_assert_int_eq(tc_trainer_start_from(trainer, source, &error), status);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
    after = best_model(trainer);
    ck_assert(support_same_parameters(before, after));
    tc_model_free(after);
    tc_model_free(before);
    tc_trainer_free(trainer);
}

START_TEST(another_network_is_refused)
{
    p.arch.layer[0].hidden = 5;
    expect_refusal(TC_BAD_ARGUMENT, "network is another");
    p.arch.layer[0].hidden = 4;
    p.arch.direct = 0.5f;
    expect_refusal(TC_BAD_ARGUMENT, "network is another");
}
END_TEST

START_TEST(other_gains_are_refused)
{
    p.meta.in_gain_db += 6.0f;
    expect_refusal(TC_BAD_ARGUMENT, "the model's gains are 0 and 0 dB, expected the trainer's 6");
}
END_TEST

START_TEST(constraints_are_refused)
{
    p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
    expect_refusal(TC_UNSUPPORTED, "constrained matrices");
    p.options.recurrent = TC_RECURRENT_FREE;
    p.options.batch_norm = true;
    expect_refusal(TC_UNSUPPORTED, "batch normalisation");
}
END_TEST

START_TEST(a_training_that_has_begun_is_refused)
{
    struct tc_trainer *const trainer = problem_trainer(&p);
    struct tc_error error = {""};

    update_once(trainer);
    ck_assert_int_eq(tc_trainer_start_from(trainer, source, &error), TC_BAD_ARGUMENT);
    ck_assert_str_eq(error.message, "the training has begun");
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(it_does_not_depend_on_threads)
{
    struct tc_trainer *one, *two;
    struct tc_model *a, *b;

    p.options.batch = 24;
    p.options.threads = 1;
    one = trainer_from_source();
    p.options.threads = 3;
    two = trainer_from_source();
    ck_assert_int_eq(tc_trainer_run(one, NULL, NULL, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_trainer_run(two, NULL, NULL, NULL, NULL), TC_OK);
    a = best_model(one);
    b = best_model(two);
    ck_assert(support_same_parameters(a, b));
    tc_model_free(b);
    tc_model_free(a);
    tc_trainer_free(two);
    tc_trainer_free(one);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("fine_tuning");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_start_is_validated_before_the_first_epoch);
    tcase_add_test(tests, the_best_model_is_never_worse_than_the_start);
    tcase_add_test(tests, another_network_is_refused);
    tcase_add_test(tests, other_gains_are_refused);
    tcase_add_test(tests, constraints_are_refused);
    tcase_add_test(tests, a_training_that_has_begun_is_refused);
    tcase_add_test(tests, it_does_not_depend_on_threads);
    return support_run(tests, "fine_tuning");
}
