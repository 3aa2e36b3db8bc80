#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "train/trainer.h"
#include "trainer_problem.h"

/* Gradient clipping and weight decay around the optimiser's step. */

/* A trainer whose biases are not zero. */
static struct tc_trainer *biased_trainer(const struct trainer_problem *p)
{
    struct tc_trainer *const trainer = problem_trainer(p);

    for (size_t i = 0; i < trainer->values; ++i)
        trainer->state.parameters[i] += 0.125f;
    return trainer;
}

/* The same after its first update. */
static struct tc_trainer *after_one_update(const struct trainer_problem *p)
{
    struct tc_trainer *const trainer = biased_trainer(p);

    update_once(trainer);
    ck_assert_uint_eq(trainer->state.totals.updates, 1);
    return trainer;
}

START_TEST(gradient_values_are_clipped_before_the_norm)
{
    const float limit = 1e-3f;
    struct trainer_problem p;
    struct tc_trainer *unclipped, *clipped;
    unsigned clipped_values = 0;
    double square = 0.0;

    problem_init(&p, TC_CELL_LSTM, 4);
    unclipped = after_one_update(&p);
    p.options.clip_value = limit;
    p.options.clip_norm = 1e-4f;
    clipped = after_one_update(&p);
    for (size_t i = 0; i < clipped->values; ++i) {
        const float g = unclipped->gradient[i];

        ck_assert_float_eq(clipped->gradient[i], fminf(fmaxf(g, -limit), limit));
        clipped_values += fabsf(g) > limit;
        square += (double)clipped->state.optimizer.m[i] * (double)clipped->state.optimizer.m[i];
    }
    /* After one update Adam's m is a tenth of the gradient. */
    ck_assert_double_eq_tol(sqrt(square), 0.1 * (double)p.options.clip_norm, 1e-8);
    ck_assert_uint_gt(clipped_values, 0);
    ck_assert_uint_lt(clipped_values, clipped->values);
    tc_trainer_free(clipped);
    tc_trainer_free(unclipped);
    problem_free(&p);
}
END_TEST

static const enum tc_cell cells[] = {TC_CELL_RNN, TC_CELL_LSTM, TC_CELL_GRU};

/* w (1 - rate decay) instead of w for matrices, before the step, which is the same. */
START_TEST(weight_decay_applies_to_matrices_only)
{
    struct trainer_problem p;
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_trainer *first, *plain, *decayed;
    unsigned n;

    problem_init(&p, cells[_i], 4);
    p.arch.layers = 2;
    p.arch.layer[1] = p.arch.layer[0];
    n = tc_architecture_tensors(&p.arch, tensors, NULL);
    first = biased_trainer(&p);
    plain = after_one_update(&p);
    p.options.weight_decay = 10.0f;
    decayed = after_one_update(&p);
    for (unsigned i = 0; i < n; ++i)
        for (size_t j = 0; j < tensors[i].rows * tensors[i].cols; ++j) {
            const size_t at = tensors[i].offset + j;
            const float loss = strstr(tensors[i].name, "weight")
                                   ? p.options.learning_rate * 10.0f * first->state.parameters[at]
                                   : 0.0f;

            ck_assert_float_eq_tol(decayed->state.parameters[at],
                                   plain->state.parameters[at] - loss, 1e-6f);
        }
    tc_trainer_free(decayed);
    tc_trainer_free(plain);
    tc_trainer_free(first);
    problem_free(&p);
}
END_TEST

/* The optimiser updates unconstrained parameters instead; decay of these would not decay the
 * matrix. */
START_TEST(weight_decay_skips_constrained_matrices)
{
    struct trainer_problem p;
    struct tc_tensor tensors[TC_MAX_TENSORS];
    struct tc_trainer *trainer[2];

    problem_init(&p, TC_CELL_RNN, 4);
    p.options.recurrent = TC_RECURRENT_ORTHOGONAL;
    tc_architecture_tensors(&p.arch, tensors, NULL);
    for (unsigned i = 0; i < 2; ++i) {
        p.options.weight_decay = 10.0f * (float)i;
        trainer[i] = problem_trainer(&p);
        update_once(trainer[i]);
    }
    for (unsigned i = 0; i < 2; ++i) /* weight_ih, weight_hh */
        ck_assert_int_eq(support_same(trainer[0]->state.parameters + tensors[i].offset,
                                      trainer[1]->state.parameters + tensors[i].offset, 4),
                         i == 1);
    tc_trainer_free(trainer[0]);
    tc_trainer_free(trainer[1]);
    problem_free(&p);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("trainer_clipping");

    tcase_add_test(tests, gradient_values_are_clipped_before_the_norm);
    tcase_add_loop_test(tests, weight_decay_applies_to_matrices_only, 0,
                        sizeof cells / sizeof *cells);
    tcase_add_test(tests, weight_decay_skips_constrained_matrices);
    return support_run(tests, "trainer_clipping");
}
