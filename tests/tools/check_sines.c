#include "tests/support/support.h"
#include "tasks/effect_sines.h"

#include <math.h>
#include <stdlib.h>

/* The sines of --anti-alias, at 44100 Hz. */

enum { RATE = 44100, ROWS = 3 };

/* A training on so many seconds, with a knob at 1, 2 and 3. */
struct fixture {
    struct effect_data effect;
    struct manifest_row row[ROWS];
    float *samples;
};

static struct fixture *fixture_new(size_t n_rows, size_t seconds)
{
    static const float knob[TC_MAX_KNOBS];
    struct fixture *const f = calloc(1, sizeof *f);
    struct dataset *const data = &f->effect.recordings;
    const struct clip_source source = {.row = f->row};

    data->rate_hz = RATE;
    data->manifest.row = f->row;
    data->manifest.n_rows = n_rows;
    for (size_t i = 0; i < n_rows; ++i)
        f->row[i].knob[0] = (float)(i + 1);
    ck_assert_int_eq(
        clip_set_append(&data->clips[CLIPS_TRAIN], &source, knob, seconds * RATE, NULL), TC_OK);
    ck_assert_int_eq(effect_add_sines(&f->effect, NULL), TC_OK);
    return f;
}

static void fixture_free(struct fixture *f)
{
    for (unsigned i = 0; i < N_CLIP_SETS; ++i)
        clip_set_free(&f->effect.recordings.clips[i]);
    effect_sines_free(&f->effect);
    free(f);
}

/* Sine `index` of n frames each from x on: a frequency and a level at which it is nothing else. */
static void assert_sine(const float *x, size_t index, size_t n, double hz, double level)
{
    for (size_t i = 0; i < n; ++i)
        ck_assert_float_eq_tol(
            x[index * n + i],
            (float)(level * sin(2.0 * 3.14159265358979324 * hz * (double)i / RATE)), 1e-6f);
}

/* 64 s train: 32 s of sines, a quarter of a second each. Their highest frequency would be that of
 * step 32, 0.225 of the rate. */
START_TEST(train_over_frequency_and_level)
{
    struct fixture *const f = fixture_new(1, 64);
    const struct clip_set *const train = &f->effect.recordings.clips[CLIPS_TRAIN];
    const double step = pow(0.225 * RATE / 200.0, 1.0 / 32.0);
    const size_t n = RATE / 4;

    ck_assert_uint_eq(train->n, 2);
    ck_assert_uint_eq(train->clip[1].n_frames, 128 * n);
    assert_sine(train->clip[1].input[0], 0, n, 200.0, 1.0);
    assert_sine(train->clip[1].input[0], 3, n, 200.0, pow(10.0, -24.0 / 20.0));
    assert_sine(train->clip[1].input[0], 5, n, 200.0 * step, pow(10.0, -8.0 / 20.0));
    assert_sine(train->clip[1].input[0], 124, n, 0.225 * RATE / step, 1.0);
    fixture_free(f);
}
END_TEST

START_TEST(validate_in_between)
{
    struct fixture *const f = fixture_new(1, 64);
    const struct clip_set *const val = &f->effect.recordings.clips[CLIPS_VAL];
    const double step = pow(0.225 * RATE / 200.0, 1.0 / 12.0);
    const size_t n = RATE / 4;

    ck_assert_uint_eq(val->n, 1);
    ck_assert_uint_eq(val->clip->n_frames, 24 * n);
    assert_sine(val->clip->input[0], 0, n, 200.0 * sqrt(step), 1.0);
    assert_sine(val->clip->input[0], 3, n, 200.0 * step * sqrt(step), pow(10.0, -12.0 / 20.0));
    fixture_free(f);
}
END_TEST

/* Of three rows each has every third sine, and short recordings have sines of a tenth of a
 * second. */
START_TEST(knobs_of_the_rows)
{
    struct fixture *const f = fixture_new(ROWS, 1);
    const struct clip_set *const train = &f->effect.recordings.clips[CLIPS_TRAIN];
    const size_t n = RATE / 10;

    ck_assert_uint_eq(train->n, 1 + ROWS);
    for (size_t i = 0; i < ROWS; ++i) {
        ck_assert_float_eq(train->clip[1 + i].knob[0], (float)(i + 1));
        ck_assert_uint_eq(train->clip[1 + i].n_frames, (i == 2 ? 42 : 43) * n);
        ck_assert_uint_eq(train->source[1 + i].n_recorded, train->clip[1 + i].n_frames);
        ck_assert(train->source[1 + i].row->is_dry);
    }
    assert_sine(train->clip[2].input[0], 1, n, 200.0 * pow(0.225 * RATE / 200.0, 1.0 / 32.0), 1.0);
    fixture_free(f);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("sines");

    tcase_add_test(tests, train_over_frequency_and_level);
    tcase_add_test(tests, validate_in_between);
    tcase_add_test(tests, knobs_of_the_rows);
    return support_run(tests, "sines");
}
