#include "tests/support/support.h"
#include "train/align/path.h"
#include "train/align/quick_warp.h"
#include "train/align/signal.h"

#include <math.h>
#include <string.h>

/* Positions along a curve of delays, and signals read there quickly. */

static const double PI = 3.14159265358979324;

/* ------------------------------------------------------------------ positions */

/* A Catmull-Rom curve through the squares is the parabola where there are knots on both sides. */
static double squares[] = {0.0, 1.0, 4.0, 9.0, 16.0};

static const struct tc_delay_curve parabola = {
    .n_knots = 5, .step_frames = 10.0, .wander_frames = squares};

START_TEST(positions_follow_the_curve)
{
    const struct tc_align_path path = {100.0, 1.0, &parabola, -5.0};
    double position[70];

    align_path_positions(&path, 0, 70, position);
    ck_assert_double_eq(position[0], 100.0); /* before the first knot: as it is there */
    ck_assert_double_eq(position[5], 105.0);
    ck_assert_double_eq(position[15], 115.0 + 1.0);
    ck_assert_double_eq_tol(position[20], 120.0 + 2.25, 1e-12);
    ck_assert_double_eq_tol(position[27], 127.0 + 4.84, 1e-12);
    ck_assert_double_eq(position[35], 135.0 + 9.0);
    ck_assert_double_eq_tol(position[45], 145.0 + 16.0, 1e-12);
    ck_assert_double_eq_tol(position[69], 169.0 + 16.0, 1e-12);
}
END_TEST

START_TEST(positions_are_the_same_from_any_frame_on)
{
    const struct tc_align_path path = {0.25, 1.001, &parabola, -12.5};
    double all[80], part[80];

    align_path_positions(&path, 0, 80, all);
    for (size_t first = 0; first < 80; ++first) {
        align_path_positions(&path, first, 80 - first, part);
        for (size_t i = first; i < 80; ++i)
            ck_assert_double_eq_tol(part[i - first], all[i], 1e-12);
    }
}
END_TEST

START_TEST(without_a_curve_positions_are_a_line)
{
    static double one[] = {3.0};
    const struct tc_delay_curve single = {.n_knots = 1, .step_frames = 10.0, .wander_frames = one};
    const struct tc_align_path line = {-2.0, 1.5, NULL, 0.0}, moved = {-2.0, 1.5, &single, 0.0};
    double position[3];

    align_path_positions(&line, 4, 3, position);
    ck_assert_double_eq(position[0], 4.0);
    ck_assert_double_eq(position[2], 7.0);
    align_path_positions(&moved, 4, 3, position);
    ck_assert_double_eq(position[2], 10.0);
}
END_TEST

START_TEST(whole_parts_are_rounded_down)
{
    ck_assert_double_eq(align_whole_part(2.75), 2.0);
    ck_assert_double_eq(align_whole_part(-2.0), -2.0);
    ck_assert_double_eq(align_whole_part(-2.25), -3.0);
}
END_TEST

/* ------------------------------------------------------------------ reading */

enum { N = 6000 };

static struct align_quick_warp warp;
static float memory[N + 2 * QUICK_MARGIN], *const samples = memory + QUICK_MARGIN, out[N + 200];

START_TEST(whole_positions_are_read_as_they_are)
{
    const struct tc_align_path path = {-100.0, 1.0, NULL, 0.0};
    struct support_random random = {3};

    support_fill(&random, samples, N, -1.0f, 1.0f);
    align_quick_warp_init(&warp);
    align_quick_read(&warp, samples, N, &path, out, N + 200);
    for (size_t i = 0; i < N + 200; ++i)
        ck_assert_float_eq_tol(out[i], i < 100 || i >= N + 100 ? 0.0f : samples[i - 100], 1e-6f);
}
END_TEST

/* 54 dB: 0.002 of a sine. A delay that is off by 1 / 2048 frame gives 2 pi f / 2048. */
START_TEST(positions_between_frames_are_read)
{
    static const double cycles[] = {0.01, 0.2, 0.43};
    const struct tc_align_path path = {40.3, 1.0003, NULL, 0.0};
    const double f = cycles[_i];

    for (size_t i = 0; i < N; ++i)
        samples[i] = (float)sin(2.0 * PI * f * (double)i);
    align_quick_warp_init(&warp);
    align_quick_read(&warp, samples, N, &path, out, N - 200);
    for (size_t i = 0; i < N - 200; ++i) {
        const double exact = sin(2.0 * PI * f * (40.3 + 1.0003 * (double)i));

        ck_assert_float_eq_tol(out[i], (float)exact, (float)(1e-3 + 2.0 * PI * f / 2048.0));
    }
}
END_TEST

/* ------------------------------------------------------------------ energy */

START_TEST(energy_is_the_sum_of_squares)
{
    const float v[11] = {1.0f, 2.0f, -3.0f, 4.0f, 5.0f, 6.0f, -7.0f, 8.0f, 9.0f, 10.0f, 0.5f};
    const float absurd[2] = {NAN, 1e30f};

    ck_assert_double_eq(align_energy(v, 10), 385.0);
    ck_assert_double_eq(align_energy(v, 11), 385.25);
    ck_assert_double_eq(align_energy(v, 0), 0.0);
    ck_assert_double_eq_tol(align_energy(absurd, 2), 2e36, 1e30);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("path");

    tcase_add_test(tests, positions_follow_the_curve);
    tcase_add_test(tests, positions_are_the_same_from_any_frame_on);
    tcase_add_test(tests, without_a_curve_positions_are_a_line);
    tcase_add_test(tests, whole_parts_are_rounded_down);
    tcase_add_test(tests, whole_positions_are_read_as_they_are);
    tcase_add_loop_test(tests, positions_between_frames_are_read, 0, 3);
    tcase_add_test(tests, energy_is_the_sum_of_squares);
    return support_run(tests, "path");
}
