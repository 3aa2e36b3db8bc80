#include "tools/data/frame_mask.h"
#include "tests/support/support.h"

/* Marked frames follow a recording that is resampled. */

enum { FRAMES = 2000, FIRST = 900, STOP = 902 };

static struct frame_mask marked(void)
{
    struct frame_mask mask = {0};

    ck_assert_int_eq(frame_mask_require(&mask, 2, FRAMES, NULL), TC_OK);
    for (size_t i = FIRST; i < STOP; ++i)
        mask.channel[1][i] = true;
    mask.channel[0][0] = mask.channel[1][0] = true;
    return mask;
}

/* That a run from `first` to `stop` is marked in channel 1 with the frames beside it, and nothing
 * farther from it than `reach`, but for the first frames. */
static void expect_run(const struct frame_mask *mask, double first, double stop, double reach)
{
    for (size_t i = 100; i < mask->n_frames; ++i) {
        const double t = (double)i;

        ck_assert(!mask->channel[0][i]);
        if (t > first - 1.0 && t < stop)
            ck_assert(mask->channel[1][i]);
        if (t < first - reach || t > stop + reach)
            ck_assert(!mask->channel[1][i]);
    }
}

START_TEST(marked_frames_and_runs_are_counted)
{
    struct frame_mask mask = marked();
    struct marked_frames found = frame_mask_count(&mask, 0, FRAMES);

    ck_assert_uint_eq(found.frames, 4);
    ck_assert_uint_eq(found.runs, 3);
    found = frame_mask_count(&mask, FIRST + 1, FIRST + 5);
    ck_assert_uint_eq(found.frames, 1);
    ck_assert_uint_eq(found.runs, 1);
    frame_mask_free(&mask);
}
END_TEST

START_TEST(a_mask_follows_a_path)
{
    const struct tc_align_path path = {.first = 20.5, .step = 1.001};
    struct frame_mask mask = marked();

    ck_assert_int_eq(frame_mask_resample(&mask, &path, 1500, NULL), TC_OK);
    ck_assert_uint_eq(mask.n_frames, 1500);
    expect_run(&mask, (FIRST - 20.5) / 1.001, (STOP - 20.5) / 1.001, 32.0);
    frame_mask_free(&mask);
}
END_TEST

START_TEST(a_mask_follows_another_sample_rate)
{
    struct frame_mask mask = marked();

    ck_assert_int_eq(frame_mask_convert_rate(&mask, 44100.0, 48000.0, NULL), TC_OK);
    ck_assert_uint_eq(mask.n_frames, 2177);
    expect_run(&mask, FIRST * 48.0 / 44.1, STOP * 48.0 / 44.1, 32.0);
    frame_mask_free(&mask);
}
END_TEST

/* Of a recording in which nothing is marked. */
START_TEST(no_mask_stays_none)
{
    const struct tc_align_path path = {.step = 1.0};
    struct frame_mask mask = {0};

    ck_assert_int_eq(frame_mask_resample(&mask, &path, 10, NULL), TC_OK);
    ck_assert_int_eq(frame_mask_convert_rate(&mask, 44100.0, 48000.0, NULL), TC_OK);
    ck_assert_uint_eq(mask.channels, 0);
    ck_assert_uint_eq(frame_mask_count(&mask, 0, 10).frames, 0);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("frame_mask");

    tcase_add_test(tests, marked_frames_and_runs_are_counted);
    tcase_add_test(tests, a_mask_follows_a_path);
    tcase_add_test(tests, a_mask_follows_another_sample_rate);
    tcase_add_test(tests, no_mask_stays_none);
    return support_run(tests, "frame_mask");
}
