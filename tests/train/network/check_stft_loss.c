#include "tests/support/support.h"
#include "train/network/stft_loss.h"

#include <complex.h>
#include <math.h>
#include <string.h>

/* The loss of spectra, and its gradient. */

enum { FRAMES = 2700, FIRST = 37, END = 2690 };

#define RMS 0.3

static const bool ignored[FRAMES] = {[1000] = true, [1001] = true, [1500] = true};
static const struct tc_loss_range range = {FIRST, END, ignored};

static struct tc_stft_loss *stft;
static float y[FRAMES], target[FRAMES];

static void setup(void)
{
    struct support_random random = {5};

    ck_assert_int_eq(tc_stft_loss_new(&stft, RMS, NULL), TC_OK);
    for (unsigned t = 0; t < FRAMES; ++t) {
        target[t] = support_uniform(&random, -0.25f, 0.25f);
        y[t] = 0.7f * target[t] + support_uniform(&random, -0.2f, 0.2f);
    }
}

static void teardown(void)
{
    tc_stft_loss_free(stft);
}

/* ------------------------------------------------------------------------- in double */

static double hann(unsigned n, unsigned i)
{
    return 0.5 - 0.5 * cos(2.0 * M_PI * (i + 0.5) / n);
}

/* sum of v w exp(-2 pi i k n / N) by its definition. */
static double complex bin(const double *v, unsigned n, unsigned k)
{
    double complex sum = 0.0;
    const double complex turn = cexp(-2.0 * M_PI * I * k / n);
    double complex w = 1.0;

    for (unsigned i = 0; i < n; ++i, w *= turn)
        sum += v[i] * w;
    return sum;
}

/* As stft_loss.h has it. */
static double exact_resolution(const double *out, unsigned n)
{
    const unsigned windows = (END - FIRST - n) / (n / 4) + 1, bins = n / 2 + 1;
    double energy = 0.0, squares = 0.0, logs = 0.0;

    for (unsigned i = 0; i < n; ++i)
        energy += pow(hann(n, i), 2.0);
    for (unsigned f = 0; f < windows; ++f) {
        static double a[TC_STFT_LONGEST], b[TC_STFT_LONGEST];

        for (unsigned i = 0; i < n; ++i) {
            const unsigned t = FIRST + f * (n / 4) + i;

            b[i] = hann(n, i) * 1.5 * (double)target[t];
            a[i] = ignored[t] ? b[i] : hann(n, i) * out[t];
        }
        for (unsigned k = 0; k < bins; ++k) {
            const double p = pow(cabs(bin(a, n, k)), 2.0), q = pow(cabs(bin(b, n, k)), 2.0);
            const double floor_power = 1e-6 * RMS * RMS * energy;

            squares += pow(sqrt(p) - sqrt(q), 2.0);
            logs += 0.5 * fabs(log(q + floor_power) - log(p + floor_power));
        }
    }
    return sqrt(squares / (windows * bins * RMS * RMS * energy)) + logs / (windows * bins);
}

static double exact_loss(const double *out)
{
    return (exact_resolution(out, 512) + exact_resolution(out, 1024) +
            exact_resolution(out, 2048)) /
           3.0;
}

/* Frames before the range, in it, at its ends, ignored, and after it. */
static const unsigned frames[] = {FIRST - 1, FIRST + 20, 700, 1000, 1499, 2100, END};

START_TEST(loss_and_gradient_match_central_differences_in_double)
{
    static double out[FRAMES];
    float dy[FRAMES] = {0.0f};
    const unsigned t = frames[_i];
    const double width = 1e-6;
    double high, low;
    const double loss = tc_stft_loss_add(stft, y, target, 1.5f, &range, 2.0, dy);

    for (unsigned i = 0; i < FRAMES; ++i)
        out[i] = (double)y[i];
    ck_assert_double_eq_tol(loss, 2.0 * exact_loss(out), 1e-5);
    out[t] += width;
    high = exact_loss(out);
    out[t] -= 2.0 * width;
    low = exact_loss(out);
    ck_assert_double_eq_tol((double)dy[t], (high - low) / width, 1e-5);
}
END_TEST

START_TEST(equal_signals_have_no_loss)
{
    float dy[FRAMES] = {0.0f};

    ck_assert_double_eq_tol(tc_stft_loss_add(stft, target, target, 1.0f, &range, 1.0, dy), 0.0,
                            1e-5);
    for (unsigned t = 0; t < FRAMES; ++t)
        ck_assert_float_finite(dy[t]);
}
END_TEST

START_TEST(gradient_is_added)
{
    float once[FRAMES] = {0.0f}, added[FRAMES];

    for (unsigned t = 0; t < FRAMES; ++t)
        added[t] = 1.0f;
    tc_stft_loss_add(stft, y, target, 1.5f, &range, 1.0, once);
    tc_stft_loss_add(stft, y, target, 1.5f, &range, 1.0, added);
    for (unsigned t = 0; t < FRAMES; ++t)
        ck_assert_float_eq_tol(added[t], 1.0f + once[t], 1e-6f);
}
END_TEST

START_TEST(short_ranges_have_no_loss)
{
    const struct tc_loss_range shorter = {0, 511, NULL};
    float dy[FRAMES] = {0.0f};

    ck_assert_double_eq(tc_stft_loss_add(stft, y, target, 1.5f, &shorter, 1.0, dy), 0.0);
    ck_assert_float_eq(dy[100], 0.0f);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("stft_loss");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, loss_and_gradient_match_central_differences_in_double, 0,
                        sizeof frames / sizeof *frames);
    tcase_add_test(tests, equal_signals_have_no_loss);
    tcase_add_test(tests, gradient_is_added);
    tcase_add_test(tests, short_ranges_have_no_loss);
    return support_run(tests, "stft_loss");
}
