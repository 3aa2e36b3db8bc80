#include "tests/support/support.h"
#include "tonecell-train.h"
#include "trainer_problem.h"

#include <math.h>

/* The learning rate follows the schedule. */

static struct trainer_problem p;

/* What the rate was at each call of the trainer. */
static struct rate_log {
    unsigned calls, epoch;
    double fraction;                   /* by epochs, before the step; the most so far */
    double done;                       /* of the last epoch reported */
    double first, last, largest_error; /* as fractions of the initial rate */
} rates;

static void set_up(void)
{
    problem_init(&p, TC_CELL_GRU, 3);
    rates = (struct rate_log){.epoch = 1};
}

static void tear_down(void)
{
    problem_free(&p);
}

/* Compare the rate with half a cosine over the epochs. */
static bool watch(const struct tc_progress *progress, void *user)
{
    struct rate_log *const log = user;
    const double done = progress->epoch == log->epoch ? log->done : 0.0;
    const double fraction = (progress->epoch - 1.0 + done) / p.options.epochs;

    log->fraction = fmin(fmax(log->fraction, fraction), 1.0);
    log->last = progress->learning_rate / (double)p.options.learning_rate;
    if (log->calls == 0)
        log->first = log->last;
    log->largest_error =
        fmax(log->largest_error, fabs(log->last - 0.5 * (1.0 + cos(M_PI * log->fraction))));
    log->epoch = progress->epoch;
    log->done = progress->epoch_done;
    ++log->calls;
    return true;
}

static void train_until(enum tc_train_end expected)
{
    tc_model_free(problem_train_until(&p, expected, watch, &rates));
}

/* A validation is reported after the last step, whose rate is that of the step. */
START_TEST(cosine_ends_at_zero_whatever_the_patience)
{
    make_unlearnable(&p, CLIPS);
    p.options.schedule = TC_SCHEDULE_COSINE;
    p.options.epochs = 6;
    p.options.patience = 1;
    train_until(TC_END_EPOCHS);
    ck_assert_uint_gt(rates.calls, 60);
    ck_assert_double_lt(rates.last, 0.01);
}
END_TEST

/* No validations in between, at which the log would be a step ahead. */
START_TEST(cosine_follows_its_formula)
{
    for (unsigned c = 0; c < TRAIN_CLIPS; ++c)
        p.clip[c].n_frames = 2000 + p.options.warmup;
    p.options.schedule = TC_SCHEDULE_COSINE;
    p.options.epochs = 20;
    train_until(TC_END_EPOCHS);
    ck_assert_double_lt(rates.largest_error, 0.02);
    ck_assert_double_lt(rates.last, 0.01);
}
END_TEST

START_TEST(cosine_ends_with_the_time_limit)
{
    p.options.schedule = TC_SCHEDULE_COSINE;
    p.options.epochs = 1000000;
    p.options.time_limit_s = 0.5;
    train_until(TC_END_TIME);
    ck_assert_double_gt(rates.first, 0.9);
    ck_assert_double_lt(rates.last, 0.3);
}
END_TEST

/* A further run has a time limit of its own: its rate falls again, from where the epochs are. */
START_TEST(cosine_begins_anew_after_a_time_limit)
{
    struct tc_trainer *trainer;
    enum tc_train_end end;

    p.options.schedule = TC_SCHEDULE_COSINE;
    p.options.epochs = 1000000;
    p.options.time_limit_s = 0.2;
    trainer = problem_trainer(&p);
    for (unsigned run = 0; run < 2; ++run) {
        rates = (struct rate_log){.epoch = 1};
        ck_assert_int_eq(tc_trainer_run(trainer, watch, &rates, &end, NULL), TC_OK);
        ck_assert_int_eq(end, TC_END_TIME);
        ck_assert_double_gt(rates.first, 0.9);
        ck_assert_double_lt(rates.last, 0.5);
    }
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(constant_rate_does_not_change)
{
    make_unlearnable(&p, CLIPS);
    p.options.schedule = TC_SCHEDULE_CONSTANT;
    p.options.patience = 12;
    train_until(TC_END_PATIENCE);
    ck_assert_double_eq(rates.last, 1.0);
}
END_TEST

START_TEST(unknown_schedule_is_refused)
{
    p.options.schedule = (enum tc_schedule)3;
    problem_expect_refusal(&p, TC_BAD_ARGUMENT, "unknown schedule 3 of the learning rate");
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("learning_rate");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, cosine_ends_at_zero_whatever_the_patience);
    tcase_add_test(tests, cosine_follows_its_formula);
    tcase_add_test(tests, cosine_ends_with_the_time_limit);
    tcase_add_test(tests, cosine_begins_anew_after_a_time_limit);
    tcase_add_test(tests, constant_rate_does_not_change);
    tcase_add_test(tests, unknown_schedule_is_refused);
    return support_run(tests, "learning_rate");
}
