#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/activation.h"
#include "kernels/kernels.h"
#include "reference.h"

/* What activation.h promises beyond TC_ACTIVATION_ERROR. */
#define TANH_ERROR 3.8e-7
#define TANH_FALL 5e-7f

/* All float bits with this stride are tried: prime, so that every exponent sees other mantissas. */
enum { STRIDE = 4099 };

static float from_bits(uint32_t bits)
{
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The n-th of all positive finite floats to try, rising: the stride, and the edges of every
 * exponent. 0 when there are no more. */
static uint32_t next_bits(uint32_t bits)
{
    const uint32_t edge = (bits | 0x7fffffu) + 1u, strided = (bits / STRIDE + 1u) * STRIDE;
    const uint32_t before_edge = edge - 1u, after_edge = (bits & ~0x7fffffu) + 1u;
    uint32_t next = strided < edge ? strided : edge;

    if (bits < before_edge && before_edge < next)
        next = before_edge;
    if (bits < after_edge && after_edge < next)
        next = after_edge;
    return next < 0x7f800000u ? next : 0u;
}

static void check_value(float v, double tanh_error)
{
    const double t = (double)tc_tanh(v), s = (double)tc_logistic(v);

    support_require(fabs(t - tanh((double)v)) <= tanh_error, "tanh(%.9g) is %.9g", (double)v, t);
    support_require(fabs(s - reference_activate(TC_LOGISTIC, (double)v)) <=
                        (double)TC_ACTIVATION_ERROR / 2.0,
                    "logistic(%.9g) is %.9g", (double)v, s);
    support_require(t >= -1.0 && t <= 1.0, "tanh(%.9g) is %.9g", (double)v, t);
    support_require(s >= 0.0 && s <= 1.0, "logistic(%.9g) is %.9g", (double)v, s);
}

START_TEST(error_is_within_the_bound_at_every_magnitude)
{
    uint32_t bits = 0;

    do {
        check_value(from_bits(bits), TANH_ERROR);
        check_value(-from_bits(bits), TANH_ERROR);
    } while ((bits = next_bits(bits)) != 0);
}
END_TEST

START_TEST(tanh_is_odd_to_the_bit)
{
    uint32_t bits = 0;

    do {
        const float plus = tc_tanh(from_bits(bits)), minus = -tc_tanh(-from_bits(bits));

        support_require(support_same(&plus, &minus, 1), "at %.9g", (double)from_bits(bits));
    } while ((bits = next_bits(bits)) != 0);
}
END_TEST

/* Rising, but for a ripple: the highest value so far is never undercut by more. */
START_TEST(both_rise)
{
    float high_tanh = 0.0f, high_logistic = 0.5f, low_logistic = 0.5f;
    uint32_t bits = 0;

    do {
        const float v = from_bits(bits);

        high_tanh = fmaxf(high_tanh, tc_tanh(v));
        high_logistic = fmaxf(high_logistic, tc_logistic(v));
        low_logistic = fminf(low_logistic, tc_logistic(-v));
        support_require(tc_tanh(v) >= high_tanh - TANH_FALL, "tanh falls at %.9g", (double)v);
        support_require(tc_logistic(v) >= high_logistic - TANH_FALL &&
                            tc_logistic(-v) <= low_logistic + TANH_FALL,
                        "logistic falls at +-%.9g", (double)v);
    } while ((bits = next_bits(bits)) != 0);
}
END_TEST

START_TEST(special_values)
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
}
END_TEST

/* Arrays get the same bits as single values; nothing beyond them is touched. */
START_TEST(arrays_are_activated_value_by_value)
{
    static const float special[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e30f, -1e30f, 1e-40f};
    const enum tc_activation activation = (enum tc_activation)_i;
    struct support_random random = {1};
    float v[64], activated[65];

    support_fill(&random, v, 64, -10.0f, 10.0f);
    memcpy(v + 20, special, sizeof special);
    for (size_t n = 0; n <= 64; ++n) {
        memcpy(activated, v, sizeof v);
        activated[n] = 12345.0f;
        tc_activate(activated, activation, n);
        ck_assert_float_eq(activated[n], 12345.0f);
        for (size_t i = 0; i < n; ++i) {
            const float single = activation == TC_TANH       ? tc_tanh(v[i])
                                 : activation == TC_LOGISTIC ? tc_logistic(v[i])
                                 : activation == TC_RELU     ? (v[i] < 0.0f ? 0.0f : v[i])
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

    tcase_add_test(tests, error_is_within_the_bound_at_every_magnitude);
    tcase_add_test(tests, tanh_is_odd_to_the_bit);
    tcase_add_test(tests, both_rise);
    tcase_add_test(tests, special_values);
    tcase_add_loop_test(tests, arrays_are_activated_value_by_value, 0, TC_IDENTITY + 1);
    return support_run(tests, "activation");
}
