#include "tests/support/failing_malloc.h"
#include "tests/support/support.h"
#include "tonecell-train.h"

#include <math.h>
#include <string.h>

/* Delays are exact, for noise and for the filtered and distorted output of a device. */

enum { N = 100000, MAX_DELAY = 2000 };

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

static struct tc_alignment found(size_t n_frames, size_t max_frames)
{
    struct tc_alignment alignment;
    struct tc_error error = {""};

    ck_assert_msg(tc_find_delay(input, target, n_frames, max_frames, &alignment, &error) == TC_OK,
                  "%s", error.message);
    return alignment;
}

static const long delays[] = {0, 1, -1, 37, -500, MAX_DELAY, -MAX_DELAY};

START_TEST(delays_are_found_exactly)
{
    struct tc_alignment a;

    make_input();
    delay_input(delays[_i], 0.1f);
    a = found(N, MAX_DELAY);
    ck_assert_int_eq(a.delay_frames, delays[_i]);
    ck_assert(!a.inverted);
    ck_assert_double_gt(a.confidence, 10.0);
}
END_TEST

START_TEST(inverted_polarity_is_reported)
{
    make_input();
    delay_input(-9, -1.0f);
    ck_assert_int_eq(found(N, MAX_DELAY).delay_frames, -9);
    ck_assert(found(N, MAX_DELAY).inverted);
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
    ck_assert_int_eq(found(N, MAX_DELAY).delay_frames, 37);
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
    a = found(N, MAX_DELAY);
    ck_assert_int_ge(a.delay_frames, -500);
    ck_assert_int_le(a.delay_frames, -498);
    ck_assert(a.inverted);
}
END_TEST

/* Most of the recording is silence, which would add a peak at lag 0. */
START_TEST(silence_at_either_end_is_ignored)
{
    make_input();
    memset(input, 0, N / 3 * sizeof *input);
    memset(input + N / 2, 0, (N - N / 2) * sizeof *input);
    delay_input(37, 1.0f);
    ck_assert_int_eq(found(N, MAX_DELAY).delay_frames, 37);
}
END_TEST

/* A periodic tone is ambiguous but for its ends; the ends of segments must not count as such. */
START_TEST(delay_of_low_frequencies_is_found_by_whitening)
{
    double phase = 0.0;

    for (size_t i = 0; i < N; ++i) {
        phase += 0.002 + 0.05 * (double)i / N;
        input[i] = (float)sin(phase);
    }
    delay_input(-37, 1.0f);
    ck_assert_int_eq(found(N, MAX_DELAY).delay_frames, -37);
}
END_TEST

START_TEST(short_recordings_are_searched_to_half_their_length)
{
    make_input();
    delay_input(3, 1.0f);
    ck_assert_int_eq(found(64, MAX_DELAY).delay_frames, 3);
    memset(input, 0, sizeof input);
    memset(target, 0, sizeof target);
    input[0] = 1.0f;
    target[1] = 1.0f;
    ck_assert_int_eq(found(2, MAX_DELAY).delay_frames, 1);
}
END_TEST

START_TEST(short_and_silent_signals_are_refused)
{
    struct tc_alignment alignment = {.delay_frames = 7};
    struct tc_error error;

    make_input();
    delay_input(0, 1.0f);
    ck_assert_int_eq(tc_find_delay(input, target, 1, MAX_DELAY, &alignment, &error),
                     TC_BAD_ARGUMENT);
    delay_input(0, 0.0f);
    ck_assert_int_eq(tc_find_delay(input, target, N, MAX_DELAY, &alignment, &error), TC_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(error.message, "target is silent"));
    ck_assert_int_eq(tc_find_delay(target, input, N, MAX_DELAY, &alignment, &error), TC_BAD_VALUE);
    ck_assert_ptr_nonnull(strstr(error.message, "input is silent"));
    delay_input(0, 1e-30f);
    ck_assert_int_eq(tc_find_delay(target, target, N, MAX_DELAY, &alignment, &error), TC_BAD_VALUE);
    ck_assert_int_eq(alignment.delay_frames, 7);
}
END_TEST

START_TEST(survives_every_failing_allocation)
{
    struct tc_alignment alignment;
    bool failed;
    long i = -1;

    make_input();
    delay_input(0, 1.0f);
    alignment.delay_frames = 7;
    do {
        failing_malloc_start(++i);
        failed =
            failing_malloc_failed(tc_find_delay(input, target, N, MAX_DELAY, &alignment, NULL));
        ck_assert_int_eq(alignment.delay_frames, failed ? 7 : 0);
    } while (failed);
    ck_assert_int_ge(i, 5);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("align");

    tcase_add_loop_test(tests, delays_are_found_exactly, 0, sizeof delays / sizeof *delays);
    tcase_add_test(tests, inverted_polarity_is_reported);
    tcase_add_test(tests, delay_is_found_in_noise);
    tcase_add_test(tests, delay_is_found_through_a_device);
    tcase_add_test(tests, silence_at_either_end_is_ignored);
    tcase_add_test(tests, delay_of_low_frequencies_is_found_by_whitening);
    tcase_add_test(tests, short_recordings_are_searched_to_half_their_length);
    tcase_add_test(tests, short_and_silent_signals_are_refused);
    tcase_add_test(tests, survives_every_failing_allocation);
    return support_run(tests, "align");
}
