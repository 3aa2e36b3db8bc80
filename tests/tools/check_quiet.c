#include "tools/data/quiet.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/* Parts of a recording without a signal. At 1000 Hz a block has 21 frames, a margin 250. */

enum { RATE = 1000, FRAMES = 20 * RATE, BLOCK = 21, MARGIN = 250 };

/* A recording of notes: noise that decays in half a second, by 35 dB. */
struct pair {
    float input[FRAMES], target[FRAMES];
    struct support_random random;
};

static float noise(struct pair *p, float peak)
{
    return support_uniform(&p->random, -peak, peak);
}

/* Frames from `start` on become noise floors of these peaks, each of its own. */
static void set_floor(struct pair *p, size_t start, size_t stop, float input, float target)
{
    for (size_t i = start; i < stop; ++i) {
        p->input[i] = noise(p, input);
        p->target[i] = noise(p, target);
    }
}

static struct pair *notes(void)
{
    struct pair *const p = calloc(1, sizeof *p);

    ck_assert_ptr_nonnull(p);
    p->random = (struct support_random){1};
    for (size_t i = 0; i < FRAMES; ++i) {
        p->input[i] = noise(p, 0.5f) * (float)exp(-8.0 * (double)(i % 500) / RATE);
        p->target[i] = tanhf(4.0f * p->input[i]);
    }
    return p;
}

/* Find the parts of a pair, which is freed. */
static struct frame_ranges find(struct pair *p)
{
    struct frame_ranges found;
    struct tc_error error;

    ck_assert_int_eq(quiet_find(p->input, p->target, FRAMES, RATE, &found, &error), TC_OK);
    free(p);
    return found;
}

static void assert_none(struct pair *p)
{
    const struct frame_ranges found = find(p);

    ck_assert_uint_eq(found.n, 0);
    ck_assert_ptr_null(found.range);
}

static void assert_one(struct pair *p, size_t start, size_t stop)
{
    const struct frame_ranges found = find(p);

    ck_assert_uint_eq(found.n, 1);
    ck_assert_msg(found.range->start >= start && found.range->start < start + BLOCK,
                  "starts at %zu, expected %zu", found.range->start, start);
    ck_assert_msg(found.range->stop <= stop && found.range->stop + BLOCK > stop,
                  "stops at %zu, expected %zu", found.range->stop, stop);
    free(found.range);
}

START_TEST(notes_are_signal)
{
    assert_none(notes());
}
END_TEST

START_TEST(a_tail_of_noise_is_found)
{
    struct pair *const p = notes();

    set_floor(p, 14000, FRAMES, 0.001f, 0.01f);
    assert_one(p, 14000 + MARGIN, FRAMES);
}
END_TEST

START_TEST(a_pause_has_margins_at_both_ends)
{
    struct pair *const p = notes();

    set_floor(p, 5000, 9000, 0.001f, 0.01f);
    assert_one(p, 5000 + MARGIN, 9000 - MARGIN);
}
END_TEST

START_TEST(a_short_pause_is_signal)
{
    struct pair *const p = notes();

    set_floor(p, 5000, 6500, 0.001f, 0.01f);
    assert_none(p);
}
END_TEST

START_TEST(digital_silence_is_found)
{
    struct pair *const p = notes();

    set_floor(p, 0, 4000, 0.0f, 0.0f);
    assert_one(p, 0, 4000 - MARGIN);
}
END_TEST

/* Half of the signal's peak, 25 dB below it in power: an amplifier at full gain. */
START_TEST(the_hiss_of_an_amplifier_is_found)
{
    struct pair *const p = notes();

    set_floor(p, 14000, FRAMES, 0.001f, 0.05f);
    assert_one(p, 14000 + MARGIN, FRAMES);
}
END_TEST

/* The device makes the target from it, however quiet it is. */
START_TEST(a_quiet_signal_is_a_signal)
{
    struct pair *const p = notes();

    for (size_t i = 14000; i < FRAMES; ++i) {
        p->input[i] = noise(p, 0.001f);
        p->target[i] = 4.0f * p->input[i] + noise(p, 0.001f);
    }
    assert_none(p);
}
END_TEST

/* What the device does after the last note is a signal, too. */
START_TEST(a_long_decay_is_a_signal)
{
    struct pair *const p = notes();

    set_floor(p, 5000, 8000, 0.0f, 0.3f);
    set_floor(p, 14000, FRAMES, 0.0f, 0.001f);
    assert_one(p, 14000 + MARGIN, FRAMES);
}
END_TEST

START_TEST(a_recording_shorter_than_a_block_is_left_alone)
{
    const float x[4] = {0.0f};
    struct frame_ranges found;
    struct tc_error error;

    ck_assert_int_eq(quiet_find(x, x, 4, RATE, &found, &error), TC_OK);
    ck_assert_uint_eq(found.n, 0);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("quiet");

    tcase_add_test(tests, notes_are_signal);
    tcase_add_test(tests, a_tail_of_noise_is_found);
    tcase_add_test(tests, a_pause_has_margins_at_both_ends);
    tcase_add_test(tests, a_short_pause_is_signal);
    tcase_add_test(tests, digital_silence_is_found);
    tcase_add_test(tests, the_hiss_of_an_amplifier_is_found);
    tcase_add_test(tests, a_quiet_signal_is_a_signal);
    tcase_add_test(tests, a_long_decay_is_a_signal);
    tcase_add_test(tests, a_recording_shorter_than_a_block_is_left_alone);
    return support_run(tests, "quiet");
}
