#include "tests/support/support.h"
#include "train/average.h"
#include "train/parameters.h"
#include "trainer_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The running average of the weights. */

static struct trainer_problem p;

static void setup(void)
{
    problem_init(&p, TC_CELL_RNN, 6);
    p.options.epochs = 30; /* with three validations */
    p.options.schedule = TC_SCHEDULE_CONSTANT;
    p.options.average = 0.9f;
}

static void teardown(void)
{
    problem_free(&p);
}

static void run(struct tc_trainer *trainer, tc_progress_fn *progress, void *user)
{
    ck_assert_int_eq(tc_trainer_run(trainer, progress, user, NULL, NULL), TC_OK);
}

/* ------------------------------------------------------------------------- the mean */

/* Sums over all updates, each weighted by factor^(updates since). */
struct sums {
    struct tc_trainer *trainer;
    uint64_t updates;
    double weight, *sum;
};

static bool add_weights(const struct tc_progress *progress, void *user)
{
    struct sums *const sums = user;
    const double factor = (double)p.options.average;

    if (progress->updates == sums->updates)
        return true;
    ++sums->updates;
    ck_assert_uint_eq(progress->updates, sums->updates);
    sums->weight = factor * sums->weight + 1.0;
    for (size_t i = 0; i < sums->trainer->state.n.updated; ++i)
        sums->sum[i] = factor * sums->sum[i] + (double)sums->trainer->state.unconstrained[i];
    return true;
}

static const enum tc_recurrent forms[] = {TC_RECURRENT_FREE, TC_RECURRENT_ORTHOGONAL,
                                          TC_RECURRENT_NORMALISED};

enum { FORMS = sizeof forms / sizeof *forms };

START_TEST(average_is_the_weighted_mean_of_all_updates)
{
    struct sums sums = {.updates = 0};
    const float *average;

    p.options.recurrent = forms[_i];
    sums.trainer = problem_trainer(&p);
    sums.sum = support_zeros(sums.trainer->state.n.updated, sizeof *sums.sum);
    ck_assert_ptr_null(tc_average_parameters(sums.trainer));
    run(sums.trainer, add_weights, &sums);
    average = tc_average_parameters(sums.trainer);
    average += sums.trainer->state.n.saved - sums.trainer->state.n.updated;
    ck_assert_uint_gt(sums.updates, 20);
    for (size_t i = 0; i < sums.trainer->state.n.updated; ++i)
        ck_assert_double_eq_tol((double)average[i], sums.sum[i] / sums.weight, 1e-6);
    free(sums.sum);
    tc_trainer_free(sums.trainer);
}
END_TEST

START_TEST(first_update_is_the_average_itself)
{
    struct tc_trainer *const trainer = problem_trainer(&p);

    update_once(trainer);
    ck_assert(
        support_same(tc_average_parameters(trainer), trainer->state.parameters, trainer->values));
    tc_trainer_free(trainer);
}
END_TEST

START_TEST(average_of_orthogonal_matrices_is_orthogonal)
{
    struct tc_layer_offsets at[TC_MAX_LAYERS];
    struct tc_readout_offsets readout;
    struct tc_trainer *trainer;

    p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
    trainer = problem_trainer(&p);
    tc_parameter_offsets(&p.arch, at, &readout);
    run(trainer, NULL, NULL);
    ck_assert(
        !support_same(tc_average_parameters(trainer), trainer->state.parameters, trainer->values));
    ck_assert_double_le(support_orthogonality_error(tc_average_parameters(trainer) + at[0].w_hh, 6),
                        1e-6);
    tc_trainer_free(trainer);
}
END_TEST

/* ------------------------------------------------------------------------- the training */

/* It changes which weights are kept, not how they move. */
START_TEST(average_does_not_change_the_weights)
{
    struct tc_trainer *with, *without;

    p.options.recurrent = forms[_i];
    with = problem_trainer(&p);
    p.options.average = 0.0f;
    without = problem_trainer(&p);
    run(with, NULL, NULL);
    run(without, NULL, NULL);
    ck_assert(support_same(with->state.parameters, without->state.parameters, with->state.n.saved));
    tc_trainer_free(without);
    tc_trainer_free(with);
}
END_TEST

/* Steps that are too large to settle down: the mean of them is better. */
START_TEST(better_one_of_both_is_kept)
{
    struct tc_trainer *with, *without;
    struct tc_model *model;
    double best = (double)INFINITY;
    bool averaged = false;

    p.options.epochs = 60;
    p.options.learning_rate = 0.05f;
    with = problem_trainer(&p);
    run(with, NULL, NULL);
    p.options.average = 0.0f;
    without = problem_trainer(&p);
    run(without, NULL, NULL);
    ck_assert_uint_eq(with->state.n_history, without->state.n_history);
    for (size_t i = 0; i < with->state.n_history; ++i) {
        const struct tc_history_entry *const entry = &with->state.history[i];

        ck_assert_double_le(entry->score, without->state.history[i].score);
        ck_assert_int_eq(entry->averaged, entry->score < without->state.history[i].score);
        ck_assert(!without->state.history[i].averaged);
        if (entry->score < best) {
            best = entry->score;
            averaged = entry->averaged;
        }
    }
    ck_assert(averaged);
    ck_assert_double_eq(with->state.schedule.best_score, best);
    ck_assert_int_eq(tc_trainer_model(with, with->state.best, &model, NULL), TC_OK);
    ck_assert_double_eq_tol(problem_score(&p, model), best, 1e-9);
    tc_model_free(model);
    tc_trainer_free(without);
    tc_trainer_free(with);
}
END_TEST

START_TEST(average_restarts_where_the_best_weights_return)
{
    struct tc_trainer *const trainer = problem_trainer(&p);

    run(trainer, NULL, NULL);
    tc_parameters_restore_best(trainer);
    ck_assert_ptr_null(tc_average_parameters(trainer));
    tc_trainer_free(trainer);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("average");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, average_is_the_weighted_mean_of_all_updates, 0, FORMS);
    tcase_add_test(tests, first_update_is_the_average_itself);
    tcase_add_test(tests, average_of_orthogonal_matrices_is_orthogonal);
    tcase_add_loop_test(tests, average_does_not_change_the_weights, 0, FORMS);
    tcase_add_test(tests, better_one_of_both_is_kept);
    tcase_add_test(tests, average_restarts_where_the_best_weights_return);
    return support_run(tests, "average");
}
