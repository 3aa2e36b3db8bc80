#include "tests/support/support.h"
#include "train/network/emphasis.h"

#include <complex.h>
#include <math.h>
#include <string.h>

/* The filters of pre-emphasis, and their transposed forms. */

enum { KINDS = TC_PRE_EMPHASIS_A_WEIGHTING + 1, FRAMES = 300 };

static struct tc_emphasis filter_of(int kind)
{
    return tc_emphasis_of((enum tc_pre_emphasis)kind, 44100.0);
}

/* Its transfer function at a frequency, from the impulse response. */
static double complex transfer(const struct tc_emphasis *filter, double hz, double rate_hz)
{
    enum { LONG = 1 << 15 };
    static float v[LONG];
    float state[TC_EMPHASIS_SECTIONS] = {0.0f};
    double complex sum = 0.0;

    memset(v, 0, sizeof v);
    v[0] = 1.0f;
    tc_emphasis_apply(filter, state, v, LONG);
    for (unsigned n = 0; n < LONG; ++n)
        sum += (double)v[n] * cexp(-2.0 * M_PI * I * hz / rate_hz * n);
    return sum;
}

START_TEST(none_changes_nothing)
{
    const struct tc_emphasis filter = filter_of(TC_PRE_EMPHASIS_NONE);
    float v[3] = {1.0f, -2.0f, 3.0f};

    tc_emphasis_apply(&filter, NULL, v, 3);
    tc_emphasis_apply_transposed(&filter, NULL, v, 3);
    ck_assert_float_eq(v[0], 1.0f);
    ck_assert_float_eq(v[1], -2.0f);
    ck_assert_float_eq(v[2], 3.0f);
}
END_TEST

START_TEST(high_subtracts_the_sample_before)
{
    const struct tc_emphasis filter = filter_of(TC_PRE_EMPHASIS_HIGH);
    float v[3] = {1.0f, 2.0f, -1.0f}, w[3] = {1.0f, 2.0f, -1.0f}, state[1] = {0.0f};

    tc_emphasis_apply(&filter, state, v, 3);
    ck_assert_float_eq_tol(v[0], 1.0f, 1e-7f);
    ck_assert_float_eq_tol(v[1], 2.0f - 0.85f, 1e-7f);
    ck_assert_float_eq_tol(v[2], -1.0f - 1.7f, 1e-6f);
    state[0] = 0.0f;
    tc_emphasis_apply_transposed(&filter, state, w, 3);
    ck_assert_float_eq_tol(w[0], 1.0f - 1.7f, 1e-7f);
    ck_assert_float_eq_tol(w[1], 2.0f + 0.85f, 1e-7f);
    ck_assert_float_eq_tol(w[2], -1.0f, 1e-7f);
}
END_TEST

/* IEC 61672-1, table 3, at the exact frequencies 1000 * 10^(n / 10). The bilinear transform leaves
 * frequencies far below half the rate where they are. */
static const struct {
    int n;
    double db;
} table[] = {{-15, -39.4}, {-12, -26.2}, {-9, -16.1}, {-6, -8.6},
             {-3, -3.2},   {0, 0.0},     {3, 1.2},    {6, 1.0}};
static const double rates_hz[] = {44100.0, 48000.0, 96000.0};

START_TEST(a_weighting_is_that_of_the_standard)
{
    const double rate_hz = rates_hz[_i];
    const struct tc_emphasis filter = tc_emphasis_of(TC_PRE_EMPHASIS_A_WEIGHTING, rate_hz);

    for (size_t i = 0; i < sizeof table / sizeof *table; ++i) {
        const double hz = 1000.0 * pow(10.0, table[i].n / 10.0);
        const double complex low_pass = (1.0 + 0.85 * cexp(-2.0 * M_PI * I * hz / rate_hz)) / 1.85;
        const double db = 20.0 * log10(cabs(transfer(&filter, hz, rate_hz) / low_pass));

        ck_assert_msg(fabs(db - table[i].db) <= 0.15, "%g dB at %g Hz, expected %g", db, hz,
                      table[i].db);
    }
    ck_assert_double_le(cabs(transfer(&filter, 0.0, rate_hz)), 1e-4);
}
END_TEST

static void fill_noise(float v[FRAMES], unsigned seed)
{
    struct support_random random = {seed};

    for (unsigned t = 0; t < FRAMES; ++t)
        v[t] = support_uniform(&random, -1.0f, 1.0f);
}

/* In parts of 1, 2, 3 ... frames, from the first or the last on; states are rounded in between. */
START_TEST(parts_are_filtered_as_the_whole)
{
    const struct tc_emphasis filter = filter_of(_i / 2);
    const bool transposed = _i % 2;
    float whole[FRAMES], parts[FRAMES];
    float state[TC_EMPHASIS_SECTIONS] = {0.0f}, carried[TC_EMPHASIS_SECTIONS] = {0.0f};
    unsigned done = 0;

    fill_noise(whole, 1);
    memcpy(parts, whole, sizeof parts);
    (transposed ? tc_emphasis_apply_transposed : tc_emphasis_apply)(&filter, state, whole, FRAMES);
    for (unsigned n = 1; done < FRAMES; done += n++) {
        n = n < FRAMES - done ? n : FRAMES - done;
        if (transposed)
            tc_emphasis_apply_transposed(&filter, carried, parts + FRAMES - done - n, n);
        else
            tc_emphasis_apply(&filter, carried, parts + done, n);
    }
    for (unsigned t = 0; t < FRAMES; ++t)
        ck_assert_float_eq_tol(parts[t], whole[t], 1e-6f);
}
END_TEST

/* y . F x = x . F^T y */
START_TEST(transposed_filter_is_the_adjoint)
{
    const struct tc_emphasis filter = filter_of(_i);
    float x[FRAMES], y[FRAMES], fx[FRAMES], fy[FRAMES];
    float forward[TC_EMPHASIS_SECTIONS] = {0.0f}, backward[TC_EMPHASIS_SECTIONS] = {0.0f};
    double left = 0.0, right = 0.0;

    fill_noise(x, 1);
    fill_noise(y, 2);
    memcpy(fx, x, sizeof fx);
    memcpy(fy, y, sizeof fy);
    tc_emphasis_apply(&filter, forward, fx, FRAMES);
    tc_emphasis_apply_transposed(&filter, backward, fy, FRAMES);
    for (unsigned t = 0; t < FRAMES; ++t) {
        left += (double)y[t] * (double)fx[t];
        right += (double)x[t] * (double)fy[t];
    }
    ck_assert_double_eq_tol(left, right, 1e-5);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("emphasis");

    tcase_add_test(tests, none_changes_nothing);
    tcase_add_test(tests, high_subtracts_the_sample_before);
    tcase_add_loop_test(tests, a_weighting_is_that_of_the_standard, 0,
                        sizeof rates_hz / sizeof *rates_hz);
    tcase_add_loop_test(tests, parts_are_filtered_as_the_whole, 0, 2 * KINDS);
    tcase_add_loop_test(tests, transposed_filter_is_the_adjoint, 0, KINDS);
    return support_run(tests, "emphasis");
}
