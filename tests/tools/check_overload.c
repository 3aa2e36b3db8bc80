#include "tools/data/overload.h"
#include "tests/support/support.h"

#include <math.h>

/* Clipped samples and pops. */

enum { FRAMES = 4000, RATE = 1000 };

static float input[FRAMES], target[FRAMES];

/* A sine of 0.8, whose peaks are not flat, and a target of half of it. */
static void make_signals(void)
{
    for (size_t i = 0; i < FRAMES; ++i) {
        input[i] = 0.8f * sinf(0.1f * (float)i);
        target[i] = 0.5f * input[i];
    }
}

static void clip(float *x, float gain, float limit)
{
    for (size_t i = 0; i < FRAMES; ++i)
        x[i] = fminf(fmaxf(gain * x[i], -limit), limit);
}

START_TEST(runs_at_full_scale_are_clipped)
{
    const float x[] = {0, 1, 1, 1, 1, 0, -1, -1, -1, 0.5f, 1, 1, 1, 1, 1, 0};
    bool mask[sizeof x / sizeof *x] = {false};
    const struct clipped_samples found = clipped_find(x, sizeof x / sizeof *x, mask);

    ck_assert_uint_eq(found.runs, 2);
    ck_assert_uint_eq(found.frames, 9);
    for (size_t i = 0; i < sizeof x / sizeof *x; ++i)
        ck_assert(mask[i] == (fabsf(x[i]) == 1.0f && i != 6 && i != 7 && i != 8));
}
END_TEST

START_TEST(a_loud_signal_is_not_clipped)
{
    clip(input, 1.249f, 2.0f);
    ck_assert_uint_eq(clipped_find(input, FRAMES, NULL).runs, 0);
}
END_TEST

/* A device that clips has a level of its own. */
START_TEST(runs_below_full_scale_are_the_devices)
{
    clip(input, 4.0f, 0.9f);
    ck_assert_uint_eq(clipped_find(input, FRAMES, NULL).runs, 0);
    make_signals();
    clip(input, 4.0f, 32767.0f / 32768.0f);
    ck_assert_uint_gt(clipped_find(input, FRAMES, NULL).runs, 100);
}
END_TEST

START_TEST(a_pop_is_found)
{
    struct pop pop;

    ck_assert(!pop_find(input, target, FRAMES, RATE, &pop));
    target[1234] = -2.0f;
    ck_assert(pop_find(input, target, FRAMES, RATE, &pop));
    ck_assert_uint_eq(pop.frame, 1234);
    ck_assert_uint_eq(pop.first, 1234 - 20);
    ck_assert_uint_eq(pop.stop, 1234 + 21);
    ck_assert_double_eq_tol(pop.factor, 5.0, 0.01);
}
END_TEST

/* Two of them are an accent, and one that the input has too is played. */
START_TEST(played_accents_are_no_pops)
{
    struct pop pop;

    target[1234] = target[3000] = -2.0f;
    ck_assert(!pop_find(input, target, FRAMES, RATE, &pop));
    make_signals();
    target[1234] = -2.0f;
    input[1200] = 4.0f;
    ck_assert(!pop_find(input, target, FRAMES, RATE, &pop));
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("overload");

    tcase_add_checked_fixture(tests, make_signals, NULL);
    tcase_add_test(tests, runs_at_full_scale_are_clipped);
    tcase_add_test(tests, a_loud_signal_is_not_clipped);
    tcase_add_test(tests, runs_below_full_scale_are_the_devices);
    tcase_add_test(tests, a_pop_is_found);
    tcase_add_test(tests, played_accents_are_no_pops);
    return support_run(tests, "overload");
}
