#include "made_up_pair.h"
#include "tests/support/failing_malloc.h"
#include "tonecell-align.h"
#include "train/align/smoother.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Delays that wander, as those of tapes do: found, undone, and not seen where there are none. */

/* ------------------------------------------------------------------ smoothing */

enum { POINTS = 400 };

static double memory[(4 + ALIGN_SMOOTHER_SCRATCH) * POINTS];

static struct align_points points_of(double (*value)(size_t))
{
    struct align_points p = {.n = POINTS,
                             .value = memory,
                             .variance = memory + POINTS,
                             .curve = memory + 2 * POINTS,
                             .error = memory + 3 * POINTS,
                             .scratch = memory + 4 * POINTS};
    struct support_random random = {5};

    for (size_t i = 0; i < POINTS; ++i) {
        p.value[i] = value(i) + (double)support_uniform(&random, -0.3f, 0.3f);
        p.variance[i] = 1.0;
    }
    return p;
}

static double wave(size_t i)
{
    return 5.0 * sin(0.1 * (double)i);
}

static double nothing(size_t i)
{
    (void)i;
    return 0.0;
}

static double distance(const struct align_points *p, double (*value)(size_t))
{
    double sum = 0.0;

    for (size_t i = 0; i < POINTS; ++i)
        sum += (p->curve[i] - value(i)) * (p->curve[i] - value(i)) / POINTS;
    return sqrt(sum);
}

/* The noise of the points, which is uniform, has an RMS of 0.3 / sqrt(3) = 0.173. */
START_TEST(noise_is_smoothed_as_much_as_the_curve_allows)
{
    struct align_points p = points_of(wave);

    align_smooth(&p);
    ck_assert_double_lt(distance(&p, wave), 0.1);
    ck_assert_double_gt(p.error[200], 0.03);
    ck_assert_double_lt(p.error[200], 0.15);
    p = points_of(nothing);
    align_smooth(&p);
    ck_assert_double_lt(distance(&p, nothing), 0.03);
}
END_TEST

START_TEST(missing_and_wrong_points_do_not_matter)
{
    struct align_points p = points_of(wave);

    for (size_t i = 0; i < POINTS; i += 10) {
        p.value[i] = 60.0;
        p.variance[i + 5] = INFINITY;
    }
    align_smooth(&p);
    ck_assert_double_lt(distance(&p, wave), 0.12);
}
END_TEST

START_TEST(without_points_there_is_no_curve)
{
    struct align_points p = points_of(wave);

    for (size_t i = 0; i < POINTS; ++i)
        p.variance[i] = INFINITY;
    align_smooth(&p);
    for (size_t i = 0; i < POINTS; ++i)
        ck_assert_double_eq(p.curve[i], 0.0);
}
END_TEST

/* ------------------------------------------------------------------ made-up tapes */

static double energy_at(const struct made_up_pair *pair, double frame)
{
    double sum = 0.0;

    for (size_t i = (size_t)frame; i < (size_t)frame + 2048; ++i) {
        const double x =
            i >= 1024 && i - 1024 < pair->n_frames ? (double)pair->input[i - 1024] : 0.0;

        sum += x * x;
    }
    return sum;
}

/* RMS of the difference to the truth, weighted by the energy of the sound, without the ends. The
 * mean is the device's own delay. */
static double curve_error(const struct made_up_pair *pair, const struct tc_alignment *alignment,
                          const struct tc_delay_curve *curve)
{
    double energy = 0.0, sum = 0.0, squares = 0.0;

    for (size_t k = 8; k + 8 < curve->n_knots; ++k) {
        const double frame = (double)k * curve->step_frames, at = frame + pair->delay;
        const double difference = alignment->delay_frames + curve->wander_frames[k] - pair->delay -
                                  made_up_wander(pair, frame);
        const double e =
            at > 4096.0 && at + 4096.0 < (double)pair->n_frames ? energy_at(pair, frame) : 0.0;

        energy += e;
        sum += e * difference;
        squares += e * difference * difference;
    }
    sum /= energy;
    return sqrt(squares / energy - sum * sum);
}

struct tape {
    struct made_up_pair pair;
    struct tc_align_clip clip;
    struct tc_alignment alignment;
    struct tc_delay_curve curve;
};

static struct tape tape_new(uint64_t seed, double min_hz, double max_hz, double wander)
{
    const struct pair_limits limits = {.seconds_from = 8.0,
                                       .seconds_to = 12.0,
                                       .max_delay = 3000.0,
                                       .min_wander_hz = min_hz,
                                       .max_wander_hz = max_hz,
                                       .max_wander = wander};
    struct tape t = {.pair = made_up_pair_new(seed, &limits)};
    struct tc_error error = {""};
    enum tc_status status;

    t.clip = (struct tc_align_clip){t.pair.input, t.pair.target, t.pair.n_frames, t.pair.n_frames};
    status = tc_find_alignment(&t.clip, 1, 5000, 0, &t.alignment, &error);
    if (status == TC_OK)
        status = tc_find_delay_curve(&t.clip, 44100.0, 0, &t.alignment, &t.curve, &error);
    ck_assert_msg(status == TC_OK, "%s", error.message);
    return t;
}

static void tape_free(struct tape *t)
{
    tc_delay_curve_free(&t->curve);
    made_up_pair_free(&t->pair);
}

/* From slow and large to fast and small. */
static const double tapes[][3] = {
    {0.3, 2.0, 8.0}, {0.5, 6.0, 5.0}, {0.5, 6.0, 2.5}, {4.0, 10.0, 2.0}};

START_TEST(wander_is_followed)
{
    for (uint64_t seed = 10; seed < 12; ++seed) {
        struct tape t = tape_new(seed, tapes[_i][0], tapes[_i][1], tapes[_i][2]);
        double e;
        char name[160];

        made_up_pair_name(&t.pair, name);
        ck_assert_msg(t.curve.n_knots > 0, "%s: no curve", name);
        e = curve_error(&t.pair, &t.alignment, &t.curve);
        printf("%s: error %.3f, wander %.2f RMS, %.2f peak at %.1f Hz, left %.4f -> %.4f\n", name,
               e, t.curve.rms_frames, t.curve.peak_frames, t.curve.rate_hz, t.curve.left_before,
               t.curve.left_after);
        ck_assert_msg(e < 0.3 + 0.07 * t.pair.wander, "%s: error %.3f", name, e);
        ck_assert(t.alignment.certain && t.alignment.inverted == t.pair.inverted);
        ck_assert_double_lt(t.curve.left_after, t.curve.left_before);
        ck_assert_double_eq_tol(t.curve.rms_frames, t.pair.wander, 0.2 * t.pair.wander + 0.1);
        tape_free(&t);
    }
}
END_TEST

/* All kinds of gear. A compressor and an overdrive have delays of their own that vary. */
START_TEST(steady_delays_have_no_curve)
{
    for (uint64_t seed = 20; seed < 26; ++seed) {
        struct tape t = tape_new(seed, 1.0, 1.0, 0.0);
        char name[160];

        ck_assert_msg(t.curve.n_knots == 0, "%s: a curve of %.2f RMS, left %.4f -> %.4f",
                      made_up_pair_name(&t.pair, name), t.curve.rms_frames, t.curve.left_before,
                      t.curve.left_after);
        tape_free(&t);
    }
}
END_TEST

/* ------------------------------------------------------------------ undoing it */

enum { N = 40000 };

static const double RATE_HZ = 8000.0;

static float dry[N], wet[N], undone[N];

/* A sine of 2 Hz of 3 frames, through a soft clipper. */
static double slow_sine(double frame)
{
    return 3.0 * sin(2.0 * 3.14159265358979324 * 2.0 * frame / RATE_HZ);
}

static struct tc_align_clip tape_of_noise(void)
{
    struct support_random random = {8};

    support_fill(&random, dry, N, -1.0f, 1.0f);
    for (size_t i = N - 1; i > 0; --i)
        dry[i] = 0.5f * (dry[i] + dry[i - 1]);
    memset(wet, 0, sizeof wet);
    for (size_t m = 0; m < N; ++m) {
        const double n = (double)m - slow_sine((double)m - slow_sine((double)m));
        const double f = n - floor(n);
        const size_t at = (size_t)fmax(n, 0.0);

        if (at + 1 < N)
            wet[m] = tanhf((float)((1.0 - f) * (double)dry[at] + f * (double)dry[at + 1]));
    }
    return (struct tc_align_clip){dry, wet, N, N};
}

static double difference(const float *a, const float *b)
{
    double sum = 0.0, energy = 0.0;

    for (size_t i = 1000; i < N - 1000; ++i) {
        const double d = (double)a[i] - (double)tanhf(b[i]);

        sum += d * d;
        energy += (double)a[i] * (double)a[i];
    }
    return sum / energy;
}

START_TEST(wander_is_undone_by_the_resampler)
{
    const struct tc_align_clip clip = tape_of_noise();
    struct tc_alignment alignment = {.certain = true};
    struct tc_delay_curve curve;
    struct tc_align_path path = {.step = 1.0, .curve = &curve};

    ck_assert_int_eq(tc_find_delay_curve(&clip, RATE_HZ, 0, &alignment, &curve, NULL), TC_OK);
    ck_assert_uint_gt(curve.n_knots, 0);
    ck_assert_double_eq_tol(curve.rms_frames, 3.0 / sqrt(2.0), 0.1);
    ck_assert_double_eq_tol(curve.peak_frames, 3.0, 0.3);
    ck_assert_double_eq_tol(curve.rate_hz, 2.0, 0.3);
    ck_assert_double_eq_tol(alignment.delay_frames, 0.0, 0.2);
    path.first = alignment.delay_frames;
    ck_assert_int_eq(tc_align_resample(wet, N, &path, undone, N, NULL), TC_OK);
    ck_assert_double_gt(difference(wet, dry), 0.3);
    ck_assert_double_lt(difference(undone, dry), 0.05);
    /* From a later frame on it is the same signal. */
    path.first += 100.0;
    path.curve_first = 100.0;
    ck_assert_int_eq(tc_align_resample(wet, N, &path, wet, 1, NULL), TC_OK);
    ck_assert_float_eq_tol(wet[0], undone[100], 1e-5f);
    tc_delay_curve_free(&curve);
}
END_TEST

static struct tc_alignment find_with(int threads, const struct tc_align_clip *clip,
                                     struct tc_delay_curve *curve)
{
    struct tc_alignment alignment, along = {.certain = true};

    omp_set_num_threads(threads);
    ck_assert_int_eq(tc_find_alignment(clip, 1, 1000, 0, &alignment, NULL), TC_OK);
    ck_assert_int_eq(tc_find_delay_curve(clip, RATE_HZ, 0, &along, curve, NULL), TC_OK);
    return alignment;
}

START_TEST(any_number_of_threads_finds_the_same_bits)
{
    const struct tc_align_clip clip = tape_of_noise();
    struct tc_delay_curve one, some;
    const struct tc_alignment alone = find_with(1, &clip, &one),
                              together = find_with(3, &clip, &some);
    const size_t size = one.n_knots * sizeof *one.wander_frames;

    ck_assert_uint_gt(one.n_knots, 0);
    ck_assert_uint_eq(one.n_knots, some.n_knots);
    ck_assert_mem_eq(one.wander_frames, some.wander_frames, size);
    ck_assert_mem_eq(one.error_frames, some.error_frames, size);
    ck_assert_double_eq(one.left_after, some.left_after);
    ck_assert_double_eq(alone.delay_frames, together.delay_frames);
    ck_assert_double_eq(alone.lead, together.lead);
    tc_delay_curve_free(&one);
    tc_delay_curve_free(&some);
}
END_TEST

START_TEST(silence_and_short_clips_have_no_curve)
{
    struct tc_align_clip clip = tape_of_noise();
    struct tc_alignment alignment = {.delay_frames = 7.0};
    struct tc_delay_curve curve;

    clip.n_input = 10000;
    ck_assert_int_eq(tc_find_delay_curve(&clip, RATE_HZ, 0, &alignment, &curve, NULL), TC_OK);
    ck_assert_uint_eq(curve.n_knots, 0);
    clip.n_input = N;
    memset(wet, 0, sizeof wet);
    ck_assert_int_eq(tc_find_delay_curve(&clip, RATE_HZ, 0, &alignment, &curve, NULL), TC_OK);
    ck_assert_uint_eq(curve.n_knots, 0);
    clip.n_target = 0;
    ck_assert_int_eq(tc_find_delay_curve(&clip, RATE_HZ, 0, &alignment, &curve, NULL), TC_OK);
    ck_assert_uint_eq(curve.n_knots, 0);
    ck_assert_double_eq(alignment.delay_frames, 7.0);
}
END_TEST

START_TEST(survives_every_failing_allocation)
{
    struct tc_align_clip clip = tape_of_noise();
    struct tc_alignment alignment;
    struct tc_delay_curve curve;
    long i = -1;
    bool failed;

    clip.n_input = 17000;
    do {
        alignment = (struct tc_alignment){.delay_frames = 0.0};
        failing_malloc_start(++i);
        failed =
            failing_malloc_failed(tc_find_delay_curve(&clip, RATE_HZ, 0, &alignment, &curve, NULL));
        ck_assert(failed == (curve.n_knots == 0) && failed == !alignment.certain);
        tc_delay_curve_free(&curve);
    } while (failed);
    ck_assert_int_gt(i, 20);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("delay_curve");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, noise_is_smoothed_as_much_as_the_curve_allows);
    tcase_add_test(tests, missing_and_wrong_points_do_not_matter);
    tcase_add_test(tests, without_points_there_is_no_curve);
    tcase_add_loop_test(tests, wander_is_followed, 0, (int)(sizeof tapes / sizeof *tapes));
    tcase_add_test(tests, steady_delays_have_no_curve);
    tcase_add_test(tests, wander_is_undone_by_the_resampler);
    tcase_add_test(tests, any_number_of_threads_finds_the_same_bits);
    tcase_add_test(tests, silence_and_short_clips_have_no_curve);
    tcase_add_test(tests, survives_every_failing_allocation);
    return support_run(tests, "delay_curve");
}
