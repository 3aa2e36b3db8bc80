#include "tests/support/support.h"
#include "train_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/trainer.h"
#include "trainer_problem.h"

/* A model's initial state: that after a second of silence, zero, or learned. */

enum { SHORT = 48, N_SEQUENCES = 33 };

static const enum tc_cell cells[] = {TC_CELL_RNN, TC_CELL_LSTM, TC_CELL_GRU, TC_CELL_LSTM_PEEPHOLE,
                                     TC_CELL_GRU_RESET_BEFORE};
enum { CELLS = sizeof cells / sizeof *cells };

/* Sequences whose target decays exponentially from 1. Their input, noise of amplitude 1/100 in it,
 * does not contain that: only the initial state can. */
static void problem_decaying(struct trainer_problem *p, enum tc_cell cell)
{
    problem_init(p, cell, 4);
    p->options.start = TC_START_LEARNED;
    p->options.warmup = 0;
    p->options.batch = N_SEQUENCES;
    p->options.truncate = SHORT;
    p->options.learning_rate = 0.02f;
    p->options.epochs = 300;
    p->options.patience = 300;
    for (unsigned c = 0; c < CLIPS; ++c) {
        p->clip[c].whole = true;
        p->clip[c].n_frames = SHORT;
        for (unsigned t = 0; t < SHORT; ++t)
            p->target_row.row[c][t] = powf(0.9f, (float)t) + 0.01f * p->input_row.row[c][t];
    }
}

static bool is_start(const struct tc_tensor *tensor)
{
    return strstr(tensor->name, "h0") || strstr(tensor->name, "c0");
}

/* The largest absolute value of h0 and c0. */
static float start_size(const struct tc_model *model)
{
    struct tc_tensor tensor[TC_MAX_TENSORS];
    const unsigned n = tc_architecture_tensors(tc_model_architecture(model), tensor, NULL);
    float most = 0.0f;

    for (unsigned i = 0; i < n; ++i)
        for (size_t j = 0; j < tensor[i].rows; ++j)
            if (is_start(&tensor[i]))
                most = fmaxf(most, fabsf(tc_model_parameters(model)[tensor[i].offset + j]));
    return most;
}

/* The same model with an initial state of zero. */
static struct tc_model *without_start(const struct tc_model *model)
{
    const struct tc_architecture *const arch = tc_model_architecture(model);
    struct tc_tensor tensor[TC_MAX_TENSORS];
    size_t values;
    const unsigned n = tc_architecture_tensors(arch, tensor, &values);
    float *const parameters = support_zeros(values, sizeof *parameters);
    struct tc_model *copy;

    memcpy(parameters, tc_model_parameters(model), values * sizeof *parameters);
    for (unsigned i = 0; i < n; ++i)
        if (is_start(&tensor[i]))
            memset(parameters + tensor[i].offset, 0, tensor[i].rows * sizeof *parameters);
    copy = support_model_of(arch, parameters);
    free(parameters);
    return copy;
}

START_TEST(learned_initial_state_starts_a_decaying_target)
{
    struct trainer_problem p;
    struct train_log log = train_log_new();
    struct tc_model *learned, *from_zero;
    double score;

    problem_decaying(&p, cells[_i]);
    learned = problem_train(&p, train_log_watch, &log, NULL);
    score = problem_score(&p, learned);
    ck_assert_double_lt(score, 0.01);
    ck_assert_double_eq_tol(log.last.best_score, score, 1e-3 * score);
    from_zero = without_start(learned);
    ck_assert_double_gt(problem_score(&p, from_zero), 5.0 * score);
    tc_model_free(from_zero);
    tc_model_free(learned);
    problem_free(&p);
}
END_TEST

/* Sequences in four shards. */
START_TEST(learned_initial_state_does_not_depend_on_threads)
{
    struct trainer_problem p;
    struct tc_model *one;

    problem_init(&p, cells[_i], 5);
    p.arch.layers = 2;
    p.arch.layer[1] = p.arch.layer[0];
    p.options.start = TC_START_LEARNED;
    p.options.warmup = 0;
    p.options.batch = N_SEQUENCES;
    p.options.epochs = 1;
    for (unsigned c = 0; c < CLIPS; ++c)
        p.clip[c].n_frames = 1500;
    one = problem_train(&p, NULL, NULL, NULL);
    ck_assert_float_gt(start_size(one), 0.0f);
    problem_require_any_threads(&p, one, "a learned start");
    tc_model_free(one);
    problem_free(&p);
}
END_TEST

/* The trainer at work, and h0 after its first update. */
struct first_update {
    struct tc_trainer *trainer;
    float h0[4];
};

/* Frames are recomputed from the start of the sequence if fewer than `lookback` have elapsed. */
static bool compare_starts(const struct tc_progress *progress, void *user)
{
    struct first_update *const watched = user;
    const struct tc_trainer *const trainer = watched->trainer;
    float *state;

    if (progress->updates == 1) {
        memcpy(watched->h0, trainer->state.parameters + trainer->weights->layer[0].at.h0,
               sizeof watched->h0);
        ck_assert_float_gt(fabsf(watched->h0[0]), 0.01f);
        return true;
    }
    state = support_zeros(tc_shard_state_floats(trainer->shard[0]), sizeof *state);
    tc_shard_save_state(trainer->shard[0], 0, state);
    ck_assert(support_same(state, watched->h0, 4));
    free(state);
    return false;
}

START_TEST(lookback_to_the_start_uses_the_learned_initial_state)
{
    struct trainer_problem p;
    struct first_update watched;

    problem_decaying(&p, TC_CELL_GRU);
    p.options.truncate = 8;
    p.options.lookback = 2 * SHORT;
    watched.trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(watched.trainer, compare_starts, &watched, NULL, NULL), TC_OK);
    tc_trainer_free(watched.trainer);
    problem_free(&p);
}
END_TEST

START_TEST(recordings_start_from_the_chosen_state)
{
    static const enum tc_start starts[] = {TC_START_SILENCE, TC_START_ZERO};
    struct trainer_problem p;

    problem_init(&p, cells[_i], 4);
    p.options.epochs = 1;
    for (unsigned i = 0; i < 2; ++i) {
        struct tc_model *model;

        p.options.start = starts[i];
        model = problem_train(&p, NULL, NULL, NULL);
        if (starts[i] == TC_START_ZERO)
            ck_assert_float_eq(start_size(model), 0.0f);
        else
            ck_assert_float_gt(start_size(model), 0.0f);
        tc_model_free(model);
    }
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("initial_state");

    tcase_add_loop_test(tests, learned_initial_state_starts_a_decaying_target, 0, CELLS);
    tcase_add_loop_test(tests, learned_initial_state_does_not_depend_on_threads, 0, CELLS);
    tcase_add_test(tests, lookback_to_the_start_uses_the_learned_initial_state);
    tcase_add_loop_test(tests, recordings_start_from_the_chosen_state, 0, CELLS);
    return support_run(tests, "initial_state");
}
