#include "tests/support/failing_malloc.h"
#include "tests/support/support.h"
#include "tonecell-align.h"

#include <math.h>
#include <string.h>

/* Delays, drifts and polarities of noise and of the filtered and distorted output of a device, and
 * what is not certain. */

enum { N = 100000, MAX_DELAY = 60000 };

static const double PI = 3.14159265358979324;

static float input[N], target[N];

static void make_input(void)
{
    struct support_random random = {1};

    support_fill(&random, input, N, -0.5f, 0.5f);
}

/* target[n] = gain * input[n - delay], 0 outside of the input. */
static void delay_input(long delay, float gain)
{
    for (long i = 0; i < N; ++i) {
        const long from = i - delay;

        target[i] = from >= 0 && from < N ? gain * input[from] : 0.0f;
    }
}

static struct tc_alignment found_of(size_t n_frames, int polarity)
{
    const struct tc_align_clip clip = {input, target, n_frames, n_frames};
    struct tc_alignment alignment;
    struct tc_error error = {""};

    ck_assert_msg(tc_find_alignment(&clip, 1, MAX_DELAY, polarity, &alignment, &error) == TC_OK,
                  "%s", error.message);
    return alignment;
}

static struct tc_alignment found(void)
{
    return found_of(N, 0);
}

static const long delays[] = {0, 1, -1, 37, -500, 40000, -40000};

START_TEST(delays_are_found_exactly)
{
    struct tc_alignment a;

    make_input();
    delay_input(delays[_i], 0.1f);
    a = found();
    ck_assert_double_eq_tol(a.delay_frames, (double)delays[_i], 0.01);
    ck_assert_double_eq(a.drift_ppm, 0.0);
    ck_assert(!a.inverted && a.certain);
    ck_assert_double_gt(a.explained, 0.99);
}
END_TEST

/* The target is then read in sections, of which only the last has sound. */
START_TEST(small_delays_are_found_in_long_recordings)
{
    const struct tc_align_clip clip = {input, target, N, N};
    struct tc_alignment a;

    make_input();
    memset(input, 0, 60000 * sizeof *input);
    for (long delay = -900; delay <= 900; delay += 1800) {
        delay_input(delay, 1.0f);
        ck_assert_int_eq(tc_find_alignment(&clip, 1, 1000, 0, &a, NULL), TC_OK);
        ck_assert_double_eq_tol(a.delay_frames, (double)delay, 0.01);
        ck_assert(a.certain);
    }
}
END_TEST

START_TEST(inverted_polarity_is_reported)
{
    make_input();
    delay_input(-9, -1.0f);
    ck_assert_double_eq_tol(found().delay_frames, -9.0, 0.01);
    ck_assert(found().inverted && found().certain);
}
END_TEST

/* With the polarity given, the best peak of this polarity is taken. */
START_TEST(polarity_can_be_given)
{
    make_input();
    delay_input(-9, -1.0f);
    ck_assert(!found_of(N, 1).inverted);
    ck_assert(found_of(N, -1).inverted);
    ck_assert_double_eq_tol(found_of(N, -1).delay_frames, -9.0, 0.01);
}
END_TEST

/* Noise as loud as the signal. */
START_TEST(delay_is_found_in_noise)
{
    struct support_random random = {2};

    make_input();
    delay_input(37, 1.0f);
    for (size_t i = 0; i < N; ++i)
        target[i] += support_uniform(&random, -0.5f, 0.5f);
    ck_assert_double_eq_tol(found().delay_frames, 37.0, 0.1);
    ck_assert(found().certain);
}
END_TEST

/* Music and the output of a loudspeaker have most of their energy at low frequencies. This makes
 * the peak of the plain cross-correlation wide and late: by 11 frames here. */
START_TEST(delay_is_found_through_a_device)
{
    struct tc_alignment a;
    float low = 0.0f;

    make_input();
    for (size_t i = 1; i < N; ++i)
        input[i] += 0.98f * input[i - 1];
    delay_input(-500, -4.0f);
    for (size_t i = 0; i < N; ++i) {
        low += 0.05f * (tanhf(target[i]) - low);
        target[i] = low;
    }
    a = found();
    ck_assert_double_ge(a.delay_frames, -500.5);
    ck_assert_double_le(a.delay_frames, -498.0);
    ck_assert(a.inverted && a.certain);
}
END_TEST

/* A pop decides nothing, however loud, and neither does a value that is absurd. */
START_TEST(pops_are_ignored)
{
    static const float size[] = {1.0f, 100.0f, 1e30f};

    make_input();
    delay_input(37, 0.01f);
    target[N / 4] = size[_i];
    input[N / 2] = -size[_i];
    ck_assert_double_eq_tol(found().delay_frames, 37.0, 0.05);
    ck_assert(found().certain && !found().inverted);
}
END_TEST

/* Most of the recording is silence, which would add a peak at lag 0. */
START_TEST(silence_at_either_end_is_ignored)
{
    make_input();
    memset(input, 0, N / 3 * sizeof *input);
    memset(input + N / 2, 0, (N - N / 2) * sizeof *input);
    delay_input(37, 1.0f);
    ck_assert_double_eq_tol(found().delay_frames, 37.0, 0.05);
}
END_TEST

/* target(n + delay + drift n) = input(n), by a sum of sines, which are known between the frames. */
static double sines(double at)
{
    double sum = 0.0;

    for (unsigned k = 1; k <= 40; ++k)
        sum += 0.05 * sin(2.0 * PI * at * (0.0021 * k + 1e-5 * k * k) +
                          20.0 * sin(2e-4 * at * (1.0 + 0.1 * k)) + k * k);
    return sum;
}

START_TEST(drift_is_measured)
{
    static const double drift_ppm[] = {200.0, 20.0, -5.0};
    struct tc_alignment a;

    for (size_t i = 0; i < N; ++i) {
        input[i] = (float)sines((double)i);
        target[i] = (float)sines(((double)i - 12.3) / (1.0 + 1e-6 * drift_ppm[_i]));
    }
    a = found();
    ck_assert_double_eq_tol(a.delay_frames, 12.3, 0.1);
    ck_assert_double_eq_tol(a.drift_ppm, drift_ppm[_i], 0.5);
    ck_assert(a.certain);
}
END_TEST

START_TEST(positions_between_frames_are_read)
{
    const struct tc_align_path inside = {.first = 1000.3, .step = 1.0 + 1e-3};
    const struct tc_align_path before = {.first = -50.0, .step = 1.0};
    float out[100];

    for (size_t i = 0; i < N; ++i)
        input[i] = (float)sines((double)i);
    ck_assert_int_eq(tc_align_resample(input, N, &inside, out, 100, NULL), TC_OK);
    for (size_t i = 0; i < 100; ++i)
        ck_assert_double_eq_tol((double)out[i], sines(1000.3 + 1.001 * (double)i), 1e-5);
    /* Whole frames are exact; beyond either end is silence. */
    ck_assert_int_eq(tc_align_resample(input, N, &before, out, 100, NULL), TC_OK);
    ck_assert_double_eq((double)out[0], 0.0);
    ck_assert_float_eq(out[60], input[10]);
}
END_TEST

/* Of clips that are each too short to be certain of, all together are. */
START_TEST(clips_are_judged_together)
{
    enum { CLIPS = 60, LENGTH = 1500 };
    struct tc_align_clip clip[CLIPS];
    struct tc_alignment a;
    struct support_random random = {3};

    make_input();
    delay_input(21, -0.5f);
    for (size_t i = 0; i < N; ++i)
        target[i] += support_uniform(&random, -0.5f, 0.5f);
    for (size_t i = 0; i < CLIPS; ++i)
        clip[i] = (struct tc_align_clip){input + i * LENGTH, target + i * LENGTH, LENGTH, LENGTH};
    ck_assert_int_eq(tc_find_alignment(clip, CLIPS, MAX_DELAY, 0, &a, NULL), TC_OK);
    ck_assert_double_eq_tol(a.delay_frames, 21.0, 0.1);
    ck_assert(a.certain && a.inverted);
}
END_TEST

START_TEST(delays_are_compared)
{
    const struct tc_align_clip clip = {input, target, N, N};
    double lead;

    make_input();
    delay_input(21, 1.0f);
    ck_assert_int_eq(tc_align_compare(&clip, 1, 21.0, 11.0, &lead, NULL), TC_OK);
    ck_assert_double_gt(lead, 20.0);
    ck_assert_int_eq(tc_align_compare(&clip, 1, 11.0, 21.0, &lead, NULL), TC_OK);
    ck_assert_double_lt(lead, -20.0);
    ck_assert_int_eq(tc_align_compare(&clip, 1, 21.0, 22.0, &lead, NULL), TC_OK);
    ck_assert_double_lt(lead, 1.0);
}
END_TEST

START_TEST(unrelated_silent_and_short_recordings_are_uncertain)
{
    struct support_random random = {4};

    make_input();
    support_fill(&random, target, N, -0.5f, 0.5f);
    ck_assert(!found().certain);
    delay_input(0, 0.0f);
    ck_assert(!found().certain);
    delay_input(0, 1.0f);
    ck_assert(!found_of(200, 0).certain);
    ck_assert_double_eq(found_of(1, 0).delay_frames, 0.0);
    ck_assert_int_eq(tc_find_alignment(NULL, 0, MAX_DELAY, 0, NULL, NULL), TC_BAD_ARGUMENT);
}
END_TEST

START_TEST(survives_every_failing_allocation)
{
    const struct tc_align_clip clip = {input, target, 20000, 20000};
    struct tc_alignment alignment;
    double lead;
    bool failed;
    long i = -1;

    make_input();
    delay_input(0, 1.0f);
    do {
        alignment.delay_frames = 7.0;
        failing_malloc_start(++i);
        failed = failing_malloc_failed(tc_find_alignment(&clip, 1, MAX_DELAY, 0, &alignment, NULL));
        ck_assert_double_eq_tol(alignment.delay_frames, failed ? 7.0 : 0.0, 0.01);
    } while (failed);
    ck_assert_int_ge(i, 5);
    i = -1;
    do {
        failing_malloc_start(++i);
    } while (failing_malloc_failed(tc_align_compare(&clip, 1, 0.0, 9.0, &lead, NULL)));
    ck_assert_int_ge(i, 3);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("alignment");

    tcase_add_loop_test(tests, delays_are_found_exactly, 0, sizeof delays / sizeof *delays);
    tcase_add_test(tests, small_delays_are_found_in_long_recordings);
    tcase_add_test(tests, inverted_polarity_is_reported);
    tcase_add_test(tests, polarity_can_be_given);
    tcase_add_test(tests, delay_is_found_in_noise);
    tcase_add_test(tests, delay_is_found_through_a_device);
    tcase_add_loop_test(tests, pops_are_ignored, 0, 3);
    tcase_add_test(tests, silence_at_either_end_is_ignored);
    tcase_add_loop_test(tests, drift_is_measured, 0, 3);
    tcase_add_test(tests, positions_between_frames_are_read);
    tcase_add_test(tests, clips_are_judged_together);
    tcase_add_test(tests, delays_are_compared);
    tcase_add_test(tests, unrelated_silent_and_short_recordings_are_uncertain);
    tcase_add_test(tests, survives_every_failing_allocation);
    return support_run(tests, "alignment");
}
