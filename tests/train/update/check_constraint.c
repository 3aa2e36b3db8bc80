#include "model/model.h"
#include "tests/support/reference.h"
#include "tests/support/support.h"
#include "train/update/constraint.h"
#include "train/network/network.h"
#include "train/trainer.h"
#include "tests/train/train_log.h"
#include "tests/train/trainer_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Recurrent matrices constrained to a form: the form, its gradient, and that training keeps it. */

/* ------------------------------------------------------------------------- reference */

/* x = m^-1 x in rows, by Gauss-Jordan elimination; m is overwritten. */
static void solve(double *m, double *x, size_t n)
{
    for (size_t k = 0; k < n; ++k) {
        const double pivot = m[k * n + k];

        for (size_t c = 0; c < n; ++c) {
            m[k * n + c] /= pivot;
            x[k * n + c] /= pivot;
        }
        for (size_t r = 0; r < n; ++r) {
            const double factor = m[r * n + k];

            for (size_t c = 0; r != k && c < n; ++c) {
                m[r * n + c] -= factor * m[k * n + c];
                x[r * n + c] -= factor * x[k * n + c];
            }
        }
    }
}

/* w = (I + A)^-1 (I - A) D. I + A has a positive definite symmetric part: no pivot is 0. */
static void cayley(const double *a, size_t negatives, double *w, size_t n)
{
    double *const sum = support_zeros(n * n, sizeof *sum);

    for (size_t i = 0; i < n * n; ++i) {
        const double one = i / n == i % n ? 1.0 : 0.0;

        sum[i] = one + a[i];
        w[i] = one - a[i];
    }
    solve(sum, w, n);
    for (size_t i = 0; i < n * n; ++i)
        w[i] *= i % n < negatives ? -1.0 : 1.0;
    free(sum);
}

/* w = t / (rho + 1e-5) */
static void normalise(const double *t, double *w, size_t n)
{
    const lapack_int order = (lapack_int)n;
    double *const copy = support_zeros(n * n + 2 * n, sizeof *copy);
    double *const re = copy + n * n, *const im = re + n;
    double radius = 0.0;

    memcpy(copy, t, n * n * sizeof *copy);
    ck_assert_int_eq(LAPACKE_dgeev(LAPACK_ROW_MAJOR, 'N', 'N', order, copy, order, re, im, NULL,
                                   order, NULL, order),
                     0);
    for (size_t i = 0; i < n; ++i)
        radius = fmax(radius, hypot(re[i], im[i]));
    for (size_t i = 0; i < n * n; ++i)
        w[i] = t[i] / (radius + 1e-5);
    free(copy);
}

/* ------------------------------------------------------------------------- a network */

enum { N_FRAMES = 12 };

static const struct tc_architecture networks[] = {
    {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_RNN, TC_TANH, 7}}},
    {.audio_inputs = 1,
     .outputs = 1,
     .layers = 2,
     .layer = {{TC_CELL_LSTM, TC_TANH, 4}, {TC_CELL_RNN, TC_IDENTITY, 5}}},
    {.audio_inputs = 1, .outputs = 1, .layers = 1, .layer = {{TC_CELL_GRU, TC_TANH, 3}}},
};

static const enum tc_recurrent kinds[] = {TC_RECURRENT_ORTHOGONAL, TC_RECURRENT_NORMALISED};

enum { NETWORKS = sizeof networks / sizeof networks[0], PROBLEMS = 2 * NETWORKS };

struct constrained_network {
    const struct tc_architecture *arch;
    struct tc_train_options options;
    struct tc_constraint *constraint;
    size_t n;
    float *unconstrained, *parameters;
    double input[N_FRAMES], weight[N_FRAMES];
};

static bool is_skew(const struct constrained_network *p)
{
    return p->options.recurrent == TC_RECURRENT_ORTHOGONAL;
}

/* W from its unconstrained matrix, in double. */
static void exact_matrix(const struct constrained_network *p, const struct tc_constrained_matrix *m,
                         const double *unconstrained, double *w)
{
    if (is_skew(p))
        cayley(unconstrained, m->negatives, w, m->n);
    else
        normalise(unconstrained, w, m->n);
}

/* Random skew-symmetric matrices, not only those that training starts from. */
static void fill_skew(struct support_random *random, const struct tc_constrained_matrix *m,
                      float *unconstrained)
{
    float *const a = unconstrained + m->at;

    for (size_t r = 0; r < m->n; ++r)
        for (size_t c = r + 1; c < m->n; ++c) {
            a[r * m->n + c] = support_uniform(random, -1.0f, 1.0f);
            a[c * m->n + r] = -a[r * m->n + c];
        }
    for (size_t r = 0; r < m->n; ++r)
        a[r * m->n + r] = 0.0f;
}

/* Every kind of constraint for every network. */
static struct constrained_network constrained_network_new(int index)
{
    const struct tc_architecture *const arch = &networks[index % NETWORKS];
    struct constrained_network p = {.arch = arch};
    struct support_random random = {11};

    tc_train_options_init(&p.options);
    p.options.recurrent = kinds[index / NETWORKS];
    p.unconstrained = support_parameters(arch, 5, &p.n);
    p.parameters = support_parameters(arch, 5, NULL);
    ck_assert_int_eq(tc_constraint_new(&p.constraint, arch, &p.options, NULL), TC_OK);
    for (size_t i = 0; is_skew(&p) && i < p.constraint->n_matrices; ++i)
        fill_skew(&random, &p.constraint->matrix[i], p.unconstrained);
    for (size_t t = 0; t < N_FRAMES; ++t) {
        p.input[t] = (double)support_uniform(&random, -1.0f, 1.0f);
        p.weight[t] = (double)support_uniform(&random, -1.0f, 1.0f);
    }
    tc_constraint_apply(p.constraint, p.unconstrained, p.parameters);
    return p;
}

static void constrained_network_free(struct constrained_network *p)
{
    tc_constraint_free(p->constraint);
    free(p->parameters);
    free(p->unconstrained);
}

/* The loss, with each W computed from its A in double. */
static double exact_loss(const struct constrained_network *p, const double *unconstrained)
{
    double *const parameters = support_zeros(p->n, sizeof *parameters);
    double *const state = support_zeros(reference_state_size(p->arch), sizeof *state);
    double output[N_FRAMES], sum = 0.0;

    memcpy(parameters, unconstrained, p->n * sizeof *parameters);
    for (size_t i = 0; i < p->constraint->n_matrices; ++i) {
        const struct tc_constrained_matrix *const m = &p->constraint->matrix[i];

        exact_matrix(p, m, unconstrained + m->at, parameters + m->at);
    }
    reference_start(p->arch, parameters, state);
    reference_run(p->arch, parameters, p->input, NULL, output, state, N_FRAMES);
    for (size_t t = 0; t < N_FRAMES; ++t)
        sum += p->weight[t] * output[t];
    free(state);
    free(parameters);
    return sum;
}

/* dL/dW of a shard, then dL/dA. */
static float *gradient_of(const struct constrained_network *p)
{
    float *const gradient = support_zeros(p->n, sizeof *gradient);
    struct tc_weights *weights = NULL;
    struct tc_shard *shard = NULL;

    ck_assert_int_eq(tc_weights_new(&weights, p->arch, NULL, NULL), TC_OK);
    ck_assert_int_eq(tc_shard_new(&shard, weights, 1, N_FRAMES, NULL), TC_OK);
    tc_weights_pack(weights, p->parameters);
    tc_shard_reset_sequence(shard, p->parameters, 0);
    for (size_t t = 0; t < N_FRAMES; ++t)
        tc_shard_input(shard, 0, 0)[t] = (float)p->input[t];
    tc_shard_forward(shard, N_FRAMES);
    for (size_t t = 0; t < N_FRAMES; ++t)
        tc_shard_output_gradient(shard, 0, 0)[t] = (float)p->weight[t];
    tc_shard_backward(shard, gradient, N_FRAMES);
    tc_constraint_gradient(p->constraint, p->parameters, gradient);
    tc_shard_free(shard);
    tc_weights_free(weights);
    return gradient;
}

/* ------------------------------------------------------------------------- the transform */

static void expect_formula(const struct constrained_network *p,
                           const struct tc_constrained_matrix *m)
{
    double *const a = support_doubles(p->unconstrained + m->at, m->n * m->n);
    double *const w = support_zeros(m->n * m->n, sizeof *w);

    exact_matrix(p, m, a, w);
    for (size_t i = 0; i < m->n * m->n; ++i)
        ck_assert_double_eq_tol((double)p->parameters[m->at + i], w[i], 1e-7);
    free(w);
    free(a);
}

START_TEST(constrained_matrices_match_the_formula)
{
    struct constrained_network p = constrained_network_new(_i);

    for (size_t i = 0; i < p.constraint->n_matrices; ++i)
        expect_formula(&p, &p.constraint->matrix[i]);
    constrained_network_free(&p);
}
END_TEST

/* The loss with one value of A changed by `step`. A stays skew-symmetric: the value on the other
 * side of the diagonal changes by -step. */
static double shifted_loss(const struct constrained_network *p, double *unconstrained, double *up,
                           double *down, double step)
{
    const double original_up = *up, original_down = *down;
    double loss;

    *up += step;
    if (is_skew(p))
        *down -= step;
    loss = exact_loss(p, unconstrained);
    *up = original_up;
    *down = original_down;
    return loss;
}

static double difference(const struct constrained_network *p, double *unconstrained, double *up,
                         double *down)
{
    const double step = 1e-5;

    return (shifted_loss(p, unconstrained, up, down, step) -
            shifted_loss(p, unconstrained, up, down, -step)) /
           (2.0 * step);
}

START_TEST(gradient_matches_central_differences)
{
    struct constrained_network p = constrained_network_new(_i);
    float *const gradient = gradient_of(&p);
    double *const unconstrained = support_doubles(p.unconstrained, p.n);

    for (size_t i = 0; i < p.constraint->n_matrices; ++i) {
        const size_t n = p.constraint->matrix[i].n, at = p.constraint->matrix[i].at;
        double off = 0.0, size = 0.0;

        for (size_t r = 0; r < n; ++r)
            for (size_t c = is_skew(&p) ? r + 1 : 0; c < n; ++c) {
                const float got = gradient[at + r * n + c];
                const double exact = difference(&p, unconstrained, &unconstrained[at + r * n + c],
                                                &unconstrained[at + c * n + r]);

                off += pow((double)got - exact, 2.0);
                size += exact * exact;
                if (is_skew(&p))
                    ck_assert_float_eq(gradient[at + c * n + r], -got);
            }
        support_require(sqrt(off) <= 1e-4 * sqrt(size),
                        "matrix %zu: the gradient is off by %g of its norm %g", i, sqrt(off / size),
                        sqrt(size));
    }
    free(unconstrained);
    free(gradient);
    constrained_network_free(&p);
}
END_TEST

/* ------------------------------------------------------------------------- training */

/* The largest deviation from orthogonality of all matrices. */
static double largest_error(const struct tc_trainer *trainer)
{
    double worst = 0.0;

    for (size_t i = 0; i < trainer->constraint->n_matrices; ++i) {
        const struct tc_constrained_matrix *const m = &trainer->constraint->matrix[i];

        worst = fmax(worst, support_orthogonality_error(trainer->state.parameters + m->at, m->n));
    }
    return worst;
}

static void constrain(struct trainer_problem *p, enum tc_recurrent recurrent)
{
    p->options.recurrent = recurrent;
    p->options.optimizer = TC_OPTIMIZER_RMSPROP;
    p->options.learning_rate = 2e-3f;
}

START_TEST(matrices_stay_orthogonal_over_ten_thousand_updates)
{
    struct train_log log = train_log_new();
    struct tc_trainer *trainer;
    struct trainer_problem p;
    float *first;

    problem_init(&p, TC_CELL_RNN, 9);
    constrain(&p, TC_RECURRENT_ORTHOGONAL);
    p.options.truncate = 4;
    p.options.epochs = 40;
    p.options.patience = 1000;
    trainer = problem_trainer(&p);
    first = support_zeros(trainer->values, sizeof *first);
    memcpy(first, trainer->state.parameters, trainer->values * sizeof *first);
    ck_assert_double_le(largest_error(trainer), 1e-6);
    ck_assert_int_eq(tc_trainer_run(trainer, train_log_watch, &log, NULL, NULL), TC_OK);
    ck_assert_uint_ge(log.last.updates, 10000);
    ck_assert_double_le(largest_error(trainer), 1e-5);
    ck_assert(!support_same(first + trainer->constraint->matrix[0].at,
                            trainer->state.parameters + trainer->constraint->matrix[0].at, 81));
    free(first);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

/* The stored best parameters satisfy the constraint, too: they are restored after a rejected step.
 */
START_TEST(constrained_network_learns)
{
    struct tc_trainer *trainer;
    struct tc_model *model;
    struct trainer_problem p;

    problem_init(&p, TC_CELL_RNN, 8);
    constrain(&p, kinds[_i]);
    p.options.epochs = 20;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, NULL, NULL), TC_OK);
    model = best_model(trainer);
    ck_assert_double_lt(problem_score(&p, model), 0.1);
    memcpy(trainer->state.parameters, trainer->state.best,
           trainer->state.n.saved * sizeof *trainer->state.best);
    tc_constraint_apply(trainer->constraint, trainer->state.unconstrained,
                        trainer->state.parameters);
    ck_assert(support_same(trainer->state.parameters, trainer->state.best, trainer->state.n.saved));
    tc_model_free(model);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

START_TEST(no_eigenvalue_exceeds_1_after_training)
{
    struct tc_trainer *trainer;
    struct trainer_problem p;
    double *w, normal[64];

    problem_init(&p, TC_CELL_RNN, 8);
    constrain(&p, TC_RECURRENT_NORMALISED);
    p.options.initial = TC_INITIAL_UNIFORM;
    p.options.epochs = 10;
    trainer = problem_trainer(&p);
    ck_assert_int_eq(tc_trainer_run(trainer, NULL, NULL, NULL, NULL), TC_OK);
    w = support_doubles(trainer->state.parameters + trainer->constraint->matrix[0].at, 64);
    normalise(w, normal, 8);
    for (size_t i = 0; i < 64; ++i)
        ck_assert_double_eq_tol(w[i], normal[i], 1e-4); /* the radius is 1 but for the margin */
    free(w);
    tc_trainer_free(trainer);
    problem_free(&p);
}
END_TEST

START_TEST(zero_matrix_is_accepted)
{
    struct constrained_network p = constrained_network_new(NETWORKS);
    const struct tc_constrained_matrix *const m = &p.constraint->matrix[0];
    float *gradient;

    memset(p.unconstrained + m->at, 0, m->n * m->n * sizeof *p.unconstrained);
    tc_constraint_apply(p.constraint, p.unconstrained, p.parameters);
    gradient = gradient_of(&p);
    for (size_t i = 0; i < m->n * m->n; ++i) {
        ck_assert_float_eq(p.parameters[m->at + i], 0.0f);
        ck_assert_float_finite(gradient[m->at + i]);
    }
    free(gradient);
    constrained_network_free(&p);
}
END_TEST

START_TEST(initial_orthogonal_matrix_has_the_given_determinant)
{
    static const float fractions[] = {0.0f, 0.5f, 1.0f};

    for (unsigned i = 0; i < 3; ++i) {
        struct tc_trainer *trainer;
        struct trainer_problem p;
        double determinant = 1.0;

        problem_init(&p, TC_CELL_RNN, 6);
        constrain(&p, TC_RECURRENT_ORTHOGONAL);
        p.options.negatives = fractions[i];
        trainer = problem_trainer(&p);
        for (size_t u = 0; u < 6; u += 2) {
            const float *const w =
                trainer->state.parameters + trainer->constraint->matrix[0].at + u * 7;

            determinant *= (double)(w[0] * w[7] - w[1] * w[6]);
            ck_assert(w[0] * (u < trainer->constraint->matrix[0].negatives ? -1.0f : 1.0f) >= 0.0f);
        }
        ck_assert_uint_eq(trainer->constraint->matrix[0].negatives, 3 * i);
        ck_assert_double_eq_tol(determinant, i == 1 ? -1.0 : 1.0, 1e-6);
        tc_trainer_free(trainer);
        problem_free(&p);
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("constraint");

    tcase_add_loop_test(tests, constrained_matrices_match_the_formula, 0, PROBLEMS);
    tcase_add_loop_test(tests, gradient_matches_central_differences, 0, PROBLEMS);
    tcase_add_test(tests, matrices_stay_orthogonal_over_ten_thousand_updates);
    tcase_add_loop_test(tests, constrained_network_learns, 0, 2);
    tcase_add_test(tests, no_eigenvalue_exceeds_1_after_training);
    tcase_add_test(tests, zero_matrix_is_accepted);
    tcase_add_test(tests, initial_orthogonal_matrix_has_the_given_determinant);
    return support_run(tests, "constraint");
}
