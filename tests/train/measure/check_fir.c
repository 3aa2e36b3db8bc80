#include "tests/support/failing_malloc.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <float.h>
#include <math.h>

/* The linear baseline, and the scores. */

enum { N = 5000, TAPS = 7 };

static float input[N], target[N];

static void make_noise(float *samples, uint64_t seed)
{
    struct support_random random = {seed};

    support_fill(&random, samples, N, -1.0f, 1.0f);
}

static double filtered(const double *c, unsigned taps, const float *x, size_t n)
{
    double y = 0.0;

    for (unsigned k = 0; k < taps && k <= n; ++k)
        y += c[k] * (double)x[n - k];
    return y;
}

static struct tc_fir *new_fir(unsigned taps)
{
    struct tc_fir *fir = NULL;

    ck_assert_int_eq(tc_fir_new(&fir, taps, NULL), TC_OK);
    return fir;
}

static double solve(const struct tc_fir *fir, double *coefficients)
{
    double esr;

    ck_assert_int_eq(tc_fir_solve(fir, coefficients, &esr, NULL), TC_OK);
    return esr;
}

/* t = -2 x: the best gain is -2, with a residual of 0. */
START_TEST(gain_is_found)
{
    const float x[3] = {1.0f, -1.0f, 0.5f}, t[3] = {-2.0f, 2.0f, -1.0f};
    struct tc_fir *const fir = new_fir(1);
    double gain;

    tc_fir_add(fir, x, t, 3, 0);
    ck_assert_double_lt(solve(fir, &gain), 1e-15);
    ck_assert_double_eq_tol(gain, -2.0, 1e-11);
    tc_fir_free(fir);
}
END_TEST

/* x = 1 1, t = 1 3: gain 2 has a residual energy of 1 + 1 out of 1 + 9. */
START_TEST(residual_of_the_gain_is_measured)
{
    const float x[2] = {1.0f, 1.0f}, t[2] = {1.0f, 3.0f};
    struct tc_fir *const fir = new_fir(1);
    double gain;

    tc_fir_add(fir, x, t, 2, 0);
    ck_assert_double_eq_tol(solve(fir, &gain), 0.2, 1e-11);
    ck_assert_double_eq_tol(gain, 2.0, 1e-11);
    tc_fir_free(fir);
}
END_TEST

START_TEST(filter_is_recovered)
{
    const double truth[TAPS] = {0.5, -0.25, 0.125, 0.0, 1.0, -1.0, 0.0625};
    struct tc_fir *const fir = new_fir(TAPS);
    double c[TAPS];

    make_noise(input, 1);
    for (size_t n = 0; n < N; ++n)
        target[n] = (float)filtered(truth, TAPS, input, n);
    tc_fir_add(fir, input, target, N, (size_t)_i);
    ck_assert_double_lt(solve(fir, c), 1e-12);
    for (unsigned k = 0; k < TAPS; ++k)
        ck_assert_double_eq_tol(c[k], truth[k], 1e-6);
    tc_fir_free(fir);
}
END_TEST

/* The residual, computed sample by sample, has the returned energy, and is orthogonal to every tap,
 * which holds for the least squares solution only. */
START_TEST(solution_is_that_of_least_squares)
{
    const size_t skip = (size_t)_i;
    struct tc_fir *const fir = new_fir(TAPS);
    double c[TAPS], across[TAPS] = {0}, energy = 0.0, residual = 0.0, esr;

    make_noise(input, 1);
    make_noise(target, 2);
    for (size_t n = 1; n < N; ++n)
        target[n] += input[n] * input[n - 1] - 0.5f * input[n - 1];
    tc_fir_add(fir, input, target, N, skip);
    esr = solve(fir, c);
    for (size_t n = skip; n < N; ++n) {
        const double e = (double)target[n] - filtered(c, TAPS, input, n);

        energy += (double)target[n] * (double)target[n];
        residual += e * e;
        for (unsigned k = 0; k < TAPS && k <= n; ++k)
            across[k] += e * (double)input[n - k];
    }
    ck_assert_double_eq_tol(esr, residual / energy, 1e-9);
    for (unsigned k = 0; k < TAPS; ++k)
        ck_assert_double_eq_tol(across[k] / energy, 0.0, 1e-9);
    tc_fir_free(fir);
}
END_TEST

/* The output at frame n depends neither on later frames nor on other clips. */
START_TEST(clips_are_accumulated)
{
    struct tc_fir *const together = new_fir(TAPS), *const first = new_fir(TAPS),
                         *const second = new_fir(TAPS);
    double a[TAPS], b[TAPS];

    make_noise(input, 1);
    make_noise(target, 2);
    tc_fir_add(together, input, target, N / 2, 3);
    tc_fir_add(together, input + N / 2, target + N / 2, N / 2, 0);
    tc_fir_add(first, input, target, N / 2, 3);
    tc_fir_add(second, input + N / 2, target + N / 2, N / 2, 0);
    tc_fir_merge(first, second);
    ck_assert_double_eq_tol(solve(together, a), solve(first, b), 1e-12);
    for (unsigned k = 0; k < TAPS; ++k)
        ck_assert_double_eq_tol(a[k], b[k], 1e-12);
    tc_fir_free(together);
    tc_fir_free(first);
    tc_fir_free(second);
}
END_TEST

/* A pure tone needs two taps; more make the equations singular. */
/* The coefficients of one clip on another. */
START_TEST(coefficients_of_other_clips_are_scored)
{
    struct tc_fir *const fitted = new_fir(TAPS), *const fir = new_fir(TAPS);
    double c[TAPS], error = 0.0, energy = 0.0;

    make_noise(input, 1);
    make_noise(target, 2);
    tc_fir_add(fitted, input, target, N, 0);
    solve(fitted, c);
    make_noise(input, 3);
    make_noise(target, 4);
    ck_assert_double_nan(tc_fir_esr(fir, c));
    tc_fir_add(fir, input, target, N, 0);
    for (size_t n = 0; n < N; ++n) {
        const double left = (double)target[n] - filtered(c, TAPS, input, n);

        error += left * left;
        energy += (double)target[n] * (double)target[n];
    }
    ck_assert_double_eq_tol(tc_fir_esr(fir, c), error / energy, 1e-12);
    ck_assert_double_lt(solve(fir, c), error / energy);
    tc_fir_free(fitted);
    tc_fir_free(fir);
}
END_TEST

START_TEST(singular_equations_are_solved)
{
    struct tc_fir *const fir = new_fir(128);

    for (size_t n = 0; n < N; ++n) {
        input[n] = sinf(0.01f * (float)n);
        target[n] = cosf(0.01f * (float)n);
    }
    tc_fir_add(fir, input, target, N, 128);
    ck_assert_double_lt(solve(fir, NULL), 1e-6);
    tc_fir_free(fir);
}
END_TEST

START_TEST(silent_and_empty_clips_have_a_solution)
{
    struct tc_fir *const fir = new_fir(TAPS);
    double c[TAPS];

    ck_assert_double_nan(solve(fir, c));
    make_noise(input, 1);
    for (size_t n = 0; n < N; ++n)
        target[n] = 0.0f;
    tc_fir_add(fir, input, target, N, N);
    tc_fir_add(fir, input, target, N, 0);
    ck_assert_double_nan(solve(fir, c));
    tc_fir_free(fir);
}
END_TEST

START_TEST(silent_input_explains_nothing)
{
    const float x[2] = {0.0f, 0.0f}, t[2] = {1.0f, 3.0f};
    struct tc_fir *const fir = new_fir(TAPS);
    double c[TAPS];

    tc_fir_add(fir, x, t, 2, 0);
    ck_assert_double_eq(solve(fir, c), 1.0);
    ck_assert_double_eq(c[0], 0.0);
    tc_fir_free(fir);
}
END_TEST

START_TEST(lengths_have_limits)
{
    struct tc_fir *fir = NULL;
    struct tc_error error;

    ck_assert_int_eq(tc_fir_new(&fir, 0, &error), TC_BAD_ARGUMENT);
    ck_assert_int_eq(tc_fir_new(&fir, TC_FIR_MAX_TAPS + 1, &error), TC_BAD_ARGUMENT);
    ck_assert_ptr_null(fir);
}
END_TEST

START_TEST(lack_of_memory_is_reported)
{
    struct tc_fir *const fir = new_fir(TAPS);
    struct tc_fir *none = NULL;
    double esr = -1.0;
    enum tc_status made, solved;

    failing_malloc_start(0);
    made = tc_fir_new(&none, TAPS, NULL);
    failing_malloc_start(0);
    solved = tc_fir_solve(fir, NULL, &esr, NULL);
    failing_malloc_stop();
    ck_assert_int_eq(made, TC_NO_MEMORY);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(solved, TC_NO_MEMORY);
    ck_assert_double_eq(esr, -1.0);
    tc_fir_free(fir);
}
END_TEST

/* t = 3 1, y = 1 2: errors 2 -1, so ESR 5/10, DC (1/2)^2 / (10/2), largest error 2. */
START_TEST(scores_match_hand_calculation)
{
    const float t[2] = {3.0f, 1.0f}, y[2] = {1.0f, 2.0f};
    struct tc_score score = {0};

    tc_score_add(&score, t, y, 1);
    tc_score_add(&score, t + 1, y + 1, 1);
    ck_assert_uint_eq(score.frames, 2);
    ck_assert_double_eq(tc_score_esr(&score), 0.5);
    ck_assert_double_eq_tol(tc_score_dc(&score), 0.05, DBL_EPSILON);
    ck_assert_double_eq(score.max_error, 2.0);
}
END_TEST

START_TEST(silent_targets_have_no_score)
{
    const float t[2] = {0.0f, 0.0f}, y[2] = {1.0f, 2.0f};
    struct tc_score score = {0};

    ck_assert_double_nan(tc_score_esr(&score));
    tc_score_add(&score, t, y, 2);
    ck_assert_double_nan(tc_score_esr(&score));
    ck_assert_double_nan(tc_score_dc(&score));
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("fir");

    tcase_add_test(tests, gain_is_found);
    tcase_add_test(tests, residual_of_the_gain_is_measured);
    tcase_add_loop_test(tests, filter_is_recovered, 0, 2 * TAPS);
    tcase_add_loop_test(tests, solution_is_that_of_least_squares, 0, 2 * TAPS);
    tcase_add_test(tests, clips_are_accumulated);
    tcase_add_test(tests, coefficients_of_other_clips_are_scored);
    tcase_add_test(tests, singular_equations_are_solved);
    tcase_add_test(tests, silent_and_empty_clips_have_a_solution);
    tcase_add_test(tests, silent_input_explains_nothing);
    tcase_add_test(tests, lengths_have_limits);
    tcase_add_test(tests, lack_of_memory_is_reported);
    tcase_add_test(tests, scores_match_hand_calculation);
    tcase_add_test(tests, silent_targets_have_no_score);
    return support_run(tests, "fir");
}
