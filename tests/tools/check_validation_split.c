#include "tools/data/validation_split.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is held out for validation. */

enum { RATE = 44100, WARMUP = 1000, MAX_ROWS = 64 };

static struct manifest_row row[MAX_ROWS];
static float *samples[MAX_ROWS]; /* of each row */
static char file_name[] = "a.wav";
static struct clip_set train, val;

static void free_sets(void)
{
    for (size_t i = 0; i < MAX_ROWS; ++i) {
        free(samples[i]);
        samples[i] = NULL;
    }
    clip_set_free(&train);
    clip_set_free(&val);
}

/* A clip of noise whose peak goes from one to another, in dB. */
static void add_clip(unsigned index, unsigned channel, size_t n, double from_db, double to_db)
{
    struct support_random random = {index + 1};
    float *const x = channel > 1 ? samples[index] : calloc(n, sizeof *x);
    const float knob[TC_MAX_KNOBS] = {(float)index};
    const struct clip_source source = {
        .row = &row[index], .channel = channel, .input = {x, NULL}, .target = x};
    struct tc_error error;

    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; ++i) {
        const double db = from_db + (to_db - from_db) * (double)i / (double)n;

        x[i] = support_uniform(&random, -1.0f, 1.0f) * (float)pow(10.0, db / 20.0);
    }
    samples[index] = x;
    row[index].input = file_name;
    ck_assert_int_eq(clip_set_append(&train, &source, knob, n, &error), TC_OK);
}

static void split(size_t warmup)
{
    struct tc_error error = {""};

    ck_assert_msg(validation_split(&train, &val, warmup, RATE, &error) == TC_OK, "%s",
                  error.message);
    ck_assert_uint_gt(train.n, 0);
    ck_assert_uint_gt(val.n, 0);
}

/* No frame that is scored is within 1000 frames of one that is trained on; samples are those of
 * the row; all frames carry loss somewhere but for warm-ups and gaps. */
static void assert_apart(size_t warmup)
{
    for (size_t v = 0; v < val.n; ++v)
        for (size_t t = 0; t < train.n; ++t) {
            const float *const scored = val.source[v].input[0] + warmup;
            const float *const scored_end = val.source[v].input[0] + val.clip[v].n_frames;
            const float *const trained = train.source[t].input[0] + warmup;
            const float *const trained_end = train.source[t].input[0] + train.clip[t].n_frames;

            if (val.source[v].row != train.source[t].row)
                continue;
            ck_assert(trained_end + 1000 <= scored || scored_end + 1000 <= trained);
        }
    for (size_t v = 0; v < val.n; ++v) {
        ck_assert_uint_gt(val.clip[v].n_frames, warmup);
        ck_assert_ptr_eq(val.source[v].input[0],
                         samples[val.source[v].row - row] + val.source[v].start);
        ck_assert_ptr_eq(val.clip[v].input[0], val.source[v].input[0]);
    }
}

static double fraction(void)
{
    const double frames = clip_set_frames(&val);

    return frames / (frames + clip_set_frames(&train));
}

START_TEST(a_recording_gives_parts_spread_over_it)
{
    const size_t n = (size_t)60 * RATE;

    add_clip(0, 1, n, -10.0, -10.0);
    split(WARMUP);
    ck_assert_uint_eq(val.n, 8); /* 9 s in parts of at least a second and a warm-up */
    ck_assert_uint_eq(train.n, 9);
    ck_assert_double_eq_tol(fraction(), 0.15, 0.001);
    for (size_t v = 0; v < val.n; ++v) {
        ck_assert_uint_ge(val.source[v].start, v * n / 8);
        ck_assert_uint_lt(val.source[v].start + val.clip[v].n_frames, (v + 1) * n / 8);
    }
    assert_apart(WARMUP);
}
END_TEST

START_TEST(long_recordings_give_no_more_than_twelve)
{
    add_clip(0, 1, 200 * RATE, -10.0, -10.0);
    split(WARMUP);
    ck_assert_uint_eq(val.n, 12);
    assert_apart(WARMUP);
}
END_TEST

/* Mean level in dB of all clips of a set. */
static double mean_db(const struct clip_set *set)
{
    double energy = 1e-20;

    for (size_t i = 0; i < set->n; ++i)
        for (size_t t = 0; t < set->clip[i].n_frames; ++t)
            energy += pow((double)set->clip[i].input[0][t], 2.0);
    return 10.0 * log10(energy / clip_set_frames(set));
}

/* Louder towards the end: the last 15 % would be 6 dB louder than the rest. */
START_TEST(the_levels_are_those_of_all)
{
    add_clip(0, 1, 60 * RATE, -60.0, -10.0);
    split(WARMUP);
    ck_assert_double_eq_tol(mean_db(&val), mean_db(&train), 1.5);
}
END_TEST

START_TEST(a_short_recording_gives_one_part)
{
    add_clip(0, 1, 2 * RATE, -10.0, -10.0);
    split(WARMUP);
    ck_assert_uint_eq(val.n, 1);
    ck_assert_uint_eq(val.clip[0].n_frames, (size_t)(2 * RATE * 0.15));
    assert_apart(WARMUP);
}
END_TEST

START_TEST(without_a_warmup_there_is_a_gap)
{
    add_clip(0, 1, 2 * RATE, -10.0, -10.0);
    split(0);
    assert_apart(0);
}
END_TEST

START_TEST(channels_are_split_alike)
{
    add_clip(0, 1, 30 * RATE, -40.0, -10.0);
    add_clip(0, 2, 30 * RATE, -40.0, -10.0);
    split(WARMUP);
    ck_assert_uint_eq(val.n % 2, 0);
    for (size_t v = 0; v < val.n / 2; ++v)
        ck_assert_uint_eq(val.source[v].start, val.source[v + val.n / 2].start);
}
END_TEST

/* Sixty clips, which get louder in turns: nine of them, of each turn. */
START_TEST(of_short_clips_whole_ones_validate)
{
    for (unsigned i = 0; i < 60; ++i)
        add_clip(i, 1, 10000, -40.0 + i / 2, -40.0 + i / 2);
    split(WARMUP);
    ck_assert_uint_eq(val.n, 9);
    ck_assert_uint_eq(train.n, 51);
    for (size_t v = 0; v < val.n; ++v) {
        ck_assert_uint_eq(val.clip[v].n_frames, 10000);
        ck_assert_float_ge(val.clip[v].knob[0], (float)(v * 60 / 9));
        ck_assert_float_lt(val.clip[v].knob[0], (float)((v + 1) * 60 / 9));
    }
    ck_assert_double_eq_tol(mean_db(&val), mean_db(&train), 1.5);
    assert_apart(WARMUP);
}
END_TEST

START_TEST(too_short_a_recording_is_refused)
{
    struct tc_error error;

    add_clip(0, 1, 13333, -10.0, -10.0);
    ck_assert_int_eq(validation_split(&train, &val, WARMUP, RATE, &error), TC_BAD_VALUE);
    ck_assert_str_eq(error.message, "a.wav: 13333 frames are too few to train and validate on, "
                                    "expected at least 13340 with a warm-up of 1000");
    ck_assert_uint_eq(train.n, 1);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("validation_split");

    tcase_add_checked_fixture(tests, NULL, free_sets);
    tcase_add_test(tests, a_recording_gives_parts_spread_over_it);
    tcase_add_test(tests, long_recordings_give_no_more_than_twelve);
    tcase_add_test(tests, the_levels_are_those_of_all);
    tcase_add_test(tests, a_short_recording_gives_one_part);
    tcase_add_test(tests, without_a_warmup_there_is_a_gap);
    tcase_add_test(tests, channels_are_split_alike);
    tcase_add_test(tests, of_short_clips_whole_ones_validate);
    tcase_add_test(tests, too_short_a_recording_is_refused);
    return support_run(tests, "validation_split");
}
