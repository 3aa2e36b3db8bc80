#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "activation_scan.h"
#include "cells/activation.h"
#include "kernels/kernels.h"

/* Bounds documented in activation.h besides TC_ACTIVATION_ERROR. */
#define TANH_ERROR 3.8e-7
#define TANH_FALL 6e-7
#define EXP_ERROR 5e-6

/* The array functions, used by all but the plain C cells. */
static void activate(void *self, const float *in, float *out)
{
    memcpy(out, in, SCAN_VALUES * sizeof *out);
    tc_activate(out, NULL, *(const enum tc_activation *)self, SCAN_VALUES);
}

START_TEST(tanh_is_within_its_documented_error)
{
    enum tc_activation activation = TC_TANH;
    const struct scanned scanned = {.name = "activation.h",
                                    .activation = activation,
                                    .error = TANH_ERROR,
                                    .fall = TANH_FALL,
                                    .activate = activate,
                                    .self = &activation};

    scan_activation(&scanned);
}
END_TEST

START_TEST(logistic_is_within_its_documented_error)
{
    enum tc_activation activation = TC_LOGISTIC;
    const struct scanned scanned = {.name = "activation.h",
                                    .activation = activation,
                                    .error = (double)TC_ACTIVATION_ERROR / 2.0,
                                    .fall = TANH_FALL,
                                    .activate = activate,
                                    .self = &activation};

    scan_activation(&scanned);
}
END_TEST

START_TEST(exp_is_within_its_documented_error)
{
    for (int i = -44000; i <= 44000; ++i) {
        const float v = (float)i / 1000.0f;
        const double exact = exp((double)v);

        support_require(fabs((double)tc_exp(v) - exact) <= EXP_ERROR * exact, "exp %g is %.9g",
                        (double)v, (double)tc_exp(v));
    }
    ck_assert_float_eq(tc_exp(0.0f), 1.0f);
    ck_assert_float_eq(tc_exp(INFINITY), 0x1p64f);
    ck_assert_float_eq(tc_exp(-INFINITY), 0x1p-64f);
    ck_assert(isnan(tc_exp(NAN)));
}
END_TEST

START_TEST(elu_is_within_its_documented_error)
{
    for (int i = -60000; i <= 10000; ++i) {
        const float v = (float)i / 1000.0f;
        const double exact = v > 0.0f ? (double)v : expm1((double)v);

        support_require(fabs((double)tc_elu(v) - exact) <= (double)TC_ACTIVATION_ERROR,
                        "elu %g is %.9g", (double)v, (double)tc_elu(v));
    }
}
END_TEST

/* Probabilities of 1/7, 2/7 and 4/7 whatever is added to the logits; 0 for a logit far below, equal
 * ones for a million equal logits, and NaN for all if one logit is not finite. */
START_TEST(softmax_of_known_and_extreme_logits)
{
    static const float shifts[] = {0.0f, 80.0f, -1e4f, 3e38f};
    float *const many = support_zeros(1000000, sizeof *many);
    float v[4];

    for (size_t s = 0; s < 3; ++s) {
        const float three[] = {shifts[s], shifts[s] + logf(2.0f), shifts[s] + logf(4.0f), -3e38f};

        memcpy(v, three, sizeof v);
        tc_softmax(v, 4);
        for (size_t i = 0; i < 4; ++i)
            ck_assert_float_eq_tol(v[i], i < 3 ? (float)(1 << i) / 7.0f : 0.0f,
                                   s < 2 ? 5e-6f : 5e-4f);
    }
    memcpy(v, shifts, sizeof v);
    tc_softmax(v, 4);
    ck_assert_float_eq_tol(v[3], 1.0f, TC_ACTIVATION_ERROR);
    tc_softmax(many, 1000000);
    ck_assert_float_eq_tol(many[7], 1e-6f, 1e-12f);
    free(many);
    for (unsigned i = 0; i < 8; ++i) {
        const float bad[] = {i % 2 ? NAN : INFINITY, 1.0f};

        for (size_t at = 0; at < 4; ++at)
            v[at] = bad[at != i / 2];
        tc_softmax(v, 4);
        for (size_t at = 0; at < 4; ++at)
            ck_assert(isnan(v[at]));
    }
}
END_TEST

START_TEST(results_for_zeros_infinities_and_nan)
{
    const float zero = 0.0f, at_zero = tc_tanh(zero);

    ck_assert(support_same(&zero, &at_zero, 1));
    ck_assert_float_eq(tc_logistic(0.0f), 0.5f);
    ck_assert_float_eq(tc_tanh(INFINITY), tc_tanh(7.9f));
    ck_assert_float_eq(tc_tanh(-INFINITY), tc_tanh(-7.9f));
    ck_assert_float_eq_tol(tc_tanh(INFINITY), 1.0f, TC_ACTIVATION_ERROR);
    ck_assert_float_eq_tol(tc_logistic(INFINITY), 1.0f, TC_ACTIVATION_ERROR);
    ck_assert_float_eq_tol(tc_logistic(-INFINITY), 0.0f, TC_ACTIVATION_ERROR);
    ck_assert(isnan(tc_tanh(NAN)) && isnan(tc_logistic(NAN)));
    ck_assert_float_eq(tc_modrelu(-3.0f, 0.5f), -3.5f);
    ck_assert_float_eq(tc_modrelu(3.0f, -0.5f), 2.5f);
    ck_assert_float_eq(tc_modrelu(-0.25f, -0.5f), 0.0f);
    ck_assert_float_eq(tc_modrelu(0.0f, 0.5f), 0.0f);
    ck_assert_float_eq(tc_modrelu(-INFINITY, -0.5f), -INFINITY);
    ck_assert(isnan(tc_modrelu(NAN, 0.5f)));
    ck_assert_float_eq(tc_elu(3.0f), 3.0f);
    ck_assert_float_eq(tc_elu(0.0f), 0.0f);
    ck_assert_float_eq(tc_elu(INFINITY), INFINITY);
    ck_assert_float_eq(tc_elu(-INFINITY), -1.0f);
    ck_assert(isnan(tc_elu(NAN)));
}
END_TEST

/* Arrays get the same bits as single values; nothing beyond them is written. */
START_TEST(array_function_equals_the_scalar_function)
{
    static const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e30f, -1e30f, 1e-40f};
    const enum tc_activation activation = (enum tc_activation)_i;
    struct support_random random = {1};
    float v[64], b[64], activated[65];

    support_fill(&random, v, 64, -10.0f, 10.0f);
    support_fill(&random, b, 64, -5.0f, 5.0f);
    memcpy(v + 20, special, sizeof special);
    for (size_t n = 0; n <= 64; ++n) {
        memcpy(activated, v, sizeof v);
        activated[n] = 12345.0f;
        tc_activate(activated, b, activation, n);
        ck_assert_float_eq(activated[n], 12345.0f);
        for (size_t i = 0; i < n; ++i) {
            const float single = activation == TC_TANH       ? tc_tanh(v[i])
                                 : activation == TC_LOGISTIC ? tc_logistic(v[i])
                                 : activation == TC_RELU     ? (v[i] < 0.0f ? 0.0f : v[i])
                                 : activation == TC_MODRELU  ? tc_modrelu(v[i], b[i])
                                 : activation == TC_ELU      ? tc_elu(v[i])
                                                             : v[i];

            support_require(isnan(v[i]) ? isnan(activated[i])
                                        : support_same(&activated[i], &single, 1),
                            "%s(%.9g) of %zu is %.9g", tc_activation_name(activation), (double)v[i],
                            n, (double)activated[i]);
        }
    }
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("activation");

    tcase_add_test(tests, tanh_is_within_its_documented_error);
    tcase_add_test(tests, logistic_is_within_its_documented_error);
    tcase_add_test(tests, exp_is_within_its_documented_error);
    tcase_add_test(tests, results_for_zeros_infinities_and_nan);
    tcase_add_test(tests, elu_is_within_its_documented_error);
    tcase_add_test(tests, softmax_of_known_and_extreme_logits);
    tcase_add_loop_test(tests, array_function_equals_the_scalar_function, 0, TC_ELU + 1);
    return support_run(tests, "activation");
}
