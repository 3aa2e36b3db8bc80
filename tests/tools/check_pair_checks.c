#include "tests/support/support.h"
#include "tools/checks/delay_steps.h"
#include "tools/checks/dropouts.h"
#include "tools/checks/linear_share.h"
#include "tools/checks/pair_checks.h"
#include "tools/checks/true_rate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Faults of recordings: each is put into a good one, and has to be found alone. */

enum { RATE = 8000, SECONDS = 30, FRAMES = SECONDS * RATE };

static float input[FRAMES], target[FRAMES];
static struct support_random random_numbers;

static const double pi = 3.14159265358979324;

/* Decaying notes of half a second each at changing levels, a second of silence after each eight,
 * and the first four seconds again at the end. */
static void make_input(void)
{
    for (size_t i = 0; i < FRAMES; ++i) {
        const size_t at = i < FRAMES - 4 * RATE ? i : i - (FRAMES - 4 * RATE);
        const size_t note = at / (RATE / 2);
        const double t = (double)(at % (RATE / 2)) / RATE,
                     f = 82.4 * pow(2.0, (double)(7 * note % 31) / 12.0);
        const double level = 0.7 * pow(10.0, -(double)(note * 5 % 7) / 6.0);
        double sum = 0.0;

        for (unsigned k = 1; k <= 5; ++k)
            sum += sin(2.0 * pi * f * k * t) / k;
        input[i] = note % 10 < 8 ? (float)(0.5 * level * sum * exp(-6.0 * t)) : 0.0f;
    }
}

/* A device that clips softly, and its noise of -86 dB. */
static void make_target(void)
{
    random_numbers = (struct support_random){1};
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] = 0.6f * tanhf(2.0f * input[i]) + support_uniform(&random_numbers, -1e-4f, 1e-4f);
}

static void make_pair(void)
{
    make_input();
    make_target();
}

static void add_noise(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] += support_uniform(&random_numbers, -0.01f, 0.01f);
}

static void add_hum(double mains_hz)
{
    for (size_t i = 0; i < FRAMES; ++i)
        for (unsigned k = 1; k <= 5; ++k)
            target[i] += (float)(0.0015 / k * sin(2.0 * pi * mains_hz * k * (double)i / RATE + k));
}

static void add_hum_50(void)
{
    add_hum(50.03);
}

static void add_hum_60(void)
{
    add_hum(60.0);
}

static void add_offset(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] += 0.03f;
}

static void lose_a_block(void)
{
    memset(target + 6 * RATE + 300, 0, 128 * sizeof *target);
}

static void repeat_a_block(void)
{
    memcpy(target + 6 * RATE + 428, target + 6 * RATE + 300, 128 * sizeof *target);
}

/* The pause after the first eight notes, where the target has nothing but noise. */
enum { PAUSE = 4 * RATE + 2000 };

static void lose_a_block_in_noise(void)
{
    memset(target + PAUSE, 0, 64 * sizeof *target);
}

static void repeat_a_block_in_noise(void)
{
    memcpy(target + PAUSE + 100, target + PAUSE, 100 * sizeof *target);
}

/* The output of a model without noise: in a pause nothing but the last bits of an offset change. */
static void rest_at_an_offset(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] = 0.6f * tanhf(2.0f * input[i]) - 0.03f;
    for (size_t i = PAUSE - 1000; i < PAUSE + 3000; ++i)
        target[i] += 4e-9f * floorf(support_uniform(&random_numbers, -3.0f, 3.0f));
    memcpy(target + PAUSE + 100, target + PAUSE, 100 * sizeof *target);
}

/* What a ring of three buffers of 50 frames had left. */
static void play_an_old_buffer(void)
{
    memcpy(target + PAUSE + 150, target + PAUSE, 50 * sizeof *target);
}

static void round_to_16_bits(float gain)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] = rintf(32768.0f * gain * target[i]) / 32768.0f;
}

/* Of a few steps of the converter, as its noise is. */
static void record_softly(void)
{
    round_to_16_bits(0.003f);
}

/* Gear without noise that is silent below a threshold, all at once. */
static void have_a_dead_zone(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] = fabsf(input[i]) < 0.03f ? 0.0f : 0.6f * tanhf(2.0f * input[i]);
}

/* A rendered tone whose period is that of blocks. */
static void play_a_steady_tone(void)
{
    for (size_t i = 6 * RATE; i < 7 * RATE; ++i) {
        input[i] = (float)(0.3 * sin(2.0 * pi * (double)i / 64.0 + 1e-6 * (double)i));
        target[i] = (float)(0.3 * sin(2.0 * pi * (double)(i % 64) / 64.0));
    }
}

static void play_softly(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] *= 0.01f;
}

/* An echo at each 37 ms, 2 dB softer than the one before. */
static void add_echo(void)
{
    const size_t delay = 37 * RATE / 1000;

    for (size_t i = delay; i < FRAMES; ++i)
        target[i] += 0.8f * target[i - delay];
}

static void close_a_gate(void)
{
    double level = 0.0;

    for (size_t i = 0; i < FRAMES; ++i) {
        level += (fabs((double)input[i]) - level) / (0.01 * RATE);
        if (level < 0.02)
            target[i] *= 0.001f;
    }
}

/* Of a device that clips much. */
static void swap_files(void)
{
    for (size_t i = 0; i < FRAMES; ++i) {
        const float x = input[i];

        input[i] = 0.6f * tanhf(8.0f * x);
        target[i] = x;
    }
}

/* Of an overdrive, behind a coupling capacitor. */
static void swap_overdriven_files(void)
{
    float low = 0.0f;

    for (size_t i = 0; i < FRAMES; ++i) {
        const float x = input[i];

        low += 0.05f * (x - low);
        input[i] = 0.6f * tanhf(3.0f * (x - low));
        target[i] = x;
    }
}

/* Of an overdrive with a bias, behind a coupling capacitor, which sounds with the input. */
static void swap_biased_files(void)
{
    float clipped = 0.0f, high = 0.0f;

    for (size_t i = 0; i < FRAMES; ++i) {
        const float x = input[i], v = tanhf(12.0f * x + 0.4f);

        high = v - clipped + 0.995f * high;
        clipped = v;
        input[i] = 0.5f * x + 0.5f * high;
        target[i] = x;
    }
}

/* y[n] = x[n] - 0.9 x[n - 1], which changes levels by the pitch. */
static void pass_highs(const float *from, float *to)
{
    for (size_t i = FRAMES; i-- > 0;)
        to[i] = from[i] - (i > 0 ? 0.9f * from[i - 1] : 0.0f);
}

static void play_through_a_filter(void)
{
    pass_highs(input, target);
}

static void swap_filtered_files(void)
{
    memcpy(target, input, sizeof target);
    pass_highs(input, input);
}

/* A tremolo, whose phase is another at the repeated passage. */
static void modulate(void)
{
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] *= 1.0f + 0.3f * (float)sin(2.0 * pi * 0.79 * (double)i / RATE);
}

static void leave_as_it_is(void)
{
}

static const struct {
    void (*make)(void);
    const char *kinds; /* of the findings */
} faults[] = {
    {leave_as_it_is, ""},
    {add_noise, "noise "},
    {add_hum_50, "noise hum "},
    {add_hum_60, "noise hum "},
    {add_offset, "offset "},
    {lose_a_block, "lost "},
    {repeat_a_block, "repeated "},
    {play_a_steady_tone, ""},
    {play_softly, "level "},
    {lose_a_block_in_noise, "lost "},
    {repeat_a_block_in_noise, "repeated "},
    {play_an_old_buffer, "repeated "},
    {rest_at_an_offset, "offset "},
    {record_softly, "level "},
    {have_a_dead_zone, "gate "},
    {add_echo, "reverb "},
    {close_a_gate, "gate "},
    {swap_files, "swapped "},
    {modulate, "varies "},
    {swap_overdriven_files, "swapped "},
    {swap_biased_files, "swapped "},
    {play_through_a_filter, ""},
    {swap_filtered_files, ""},
};

/* Append the kinds of all findings, each with a space. */
static void check(struct pair_checks *checks, char *kinds)
{
    const struct aligned_pair pair = {input, target, FRAMES, RATE};
    const struct pair_place place = {"dry.wav", "wet.wav", 0, 0, RATE};
    struct findings findings = {.silent = true};
    struct tc_error error;

    ck_assert_int_eq(pair_checks_run(&pair, checks, &error), TC_OK);
    pair_checks_report(checks, &place, &findings);
    kinds[0] = '\0';
    for (size_t i = 0; i < findings.n; ++i) {
        strcat(kinds, findings.finding[i].kind);
        strcat(kinds, " ");
    }
    findings_free(&findings);
}

START_TEST(each_fault_is_found_alone)
{
    struct pair_checks checks;
    char kinds[256];

    make_pair();
    faults[_i].make();
    check(&checks, kinds);
    ck_assert_str_eq(kinds, faults[_i].kinds);
}
END_TEST

START_TEST(the_lowest_esr_is_that_of_the_noise)
{
    double noise = 0.0, signal = 0.0;
    struct pair_checks checks;
    char kinds[256];

    make_pair();
    add_noise();
    for (size_t i = 0; i < FRAMES; ++i) {
        const double response = 0.6 * tanh(2.0 * (double)input[i]);

        noise += ((double)target[i] - response) * ((double)target[i] - response);
        signal += (double)target[i] * (double)target[i];
    }
    check(&checks, kinds);
    ck_assert_double_eq_tol(checks.lowest_esr / (noise / signal), 1.0, 0.05);
    ck_assert_double_eq(checks.hum.mains_hz, 0.0);
    ck_assert_uint_ge(checks.repeats.longest, 3 * RATE);
    ck_assert_uint_eq(checks.repeats.again - checks.repeats.first, FRAMES - 4 * RATE);
}
END_TEST

/* A rest of 20 ms in each note, after which it comes back slowly. */
static void rest_in_notes(void)
{
    const size_t rest = RATE / 50, rise = RATE / 20;

    for (size_t i = 0; i < FRAMES; ++i) {
        const size_t at = i % (RATE / 2) - RATE / 4;

        if (at < rest)
            input[i] = 0.0f;
        else if (at < rest + rise)
            input[i] *= (float)(at - rest) / (float)rise;
    }
}

/* The target is silent between notes, where the input is the charge of a capacitor that decays. */
START_TEST(rests_are_no_gaps_where_the_input_decays)
{
    struct pair_checks checks;
    char kinds[256];

    make_pair();
    rest_in_notes();
    swap_biased_files();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.n, 0);
}
END_TEST

START_TEST(places_and_sizes_are_right)
{
    struct pair_checks checks;
    char kinds[256];

    make_pair();
    lose_a_block();
    add_hum_60();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.n, 0); /* hum was added to the gap */
    make_pair();
    lose_a_block();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.first, 6 * RATE + 300);
    ck_assert_uint_eq(checks.dropouts.frames, 128);
    make_pair();
    repeat_a_block();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.repeated.first, 6 * RATE + 428);
    ck_assert_uint_eq(checks.dropouts.repeated.frames, 128);
    make_pair();
    lose_a_block_in_noise();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.first, PAUSE);
    ck_assert_uint_eq(checks.dropouts.frames, 64);
    make_pair();
    play_an_old_buffer();
    check(&checks, kinds);
    ck_assert_uint_eq(checks.dropouts.repeated.first, PAUSE + 150);
    ck_assert_uint_eq(checks.dropouts.repeated.frames, 50);
    make_pair();
    add_hum_50();
    check(&checks, kinds);
    ck_assert_double_eq(checks.hum.mains_hz, 50.0);
    ck_assert_double_eq_tol(checks.hum.power, 0.5 * 0.0015 * 0.0015 * 1.4636, 2e-7);
}
END_TEST

/* A gap of at most 0.2 s at 44.1 kHz with fewer frames than that before or after it. */
enum { GAP = 8000, BESIDE_GAP = 3000, OUTSIDE = 10000 };

static const size_t gap_starts[] = {BESIDE_GAP, FRAMES - BESIDE_GAP - GAP};

/* Soft noise, but silence in `outside` frames at either end. In the gap, `start` frames after those
 * at the front, the target is lost and the input has `gain` times its level. */
static void make_gap(size_t outside, size_t start, float gain)
{
    const size_t first = outside + start;

    memset(input, 0, sizeof input);
    memset(target, 0, sizeof target);
    random_numbers = (struct support_random){1};
    for (size_t i = outside; i < FRAMES - outside; ++i) {
        input[i] = support_uniform(&random_numbers, -1e-4f, 1e-4f);
        target[i] = 0.5f * input[i];
    }
    memset(target + first, 0, GAP * sizeof *target);
    for (size_t i = first - 2; i < first + GAP + 2; ++i)
        input[i] *= gain;
}

/* In a pair without those frames, much softer than its loud parts. */
static struct dropouts find_gap(size_t outside)
{
    const struct aligned_pair pair = {input + outside, target + outside, FRAMES - 2 * outside,
                                      44100.0};
    const struct levels levels = {.loud_input = 1.0, .loud_target = 1.0};
    struct dropouts dropouts;
    struct tc_error error;

    ck_assert_int_eq(dropouts_find(&pair, &levels, &dropouts, &error), TC_OK);
    return dropouts;
}

START_TEST(a_gap_near_an_end_is_found)
{
    struct dropouts found;

    make_gap(0, gap_starts[_i], 1.0f);
    found = find_gap(0);
    ck_assert_uint_eq(found.n, 1);
    ck_assert_uint_eq(found.first, gap_starts[_i]);
    ck_assert_uint_eq(found.frames, GAP);
}
END_TEST

/* An input whose power is 0.3 of that beside it is no dropout, but would be one next to silence
 * outside the pair. */
START_TEST(a_gap_is_compared_with_frames_of_the_pair_alone)
{
    const size_t start = _i == 0 ? BESIDE_GAP : FRAMES - 2 * OUTSIDE - BESIDE_GAP - GAP;

    make_gap(OUTSIDE, start, sqrtf(0.3f));
    ck_assert_uint_eq(find_gap(OUTSIDE).n, 0);
    make_gap(OUTSIDE, start, sqrtf(0.7f));
    ck_assert_uint_eq(find_gap(OUTSIDE).n, 1);
}
END_TEST

START_TEST(short_and_silent_pairs_have_no_findings)
{
    static const size_t lengths[] = {1, 2, 100, 1000, 5000};
    const struct pair_place place = {"dry.wav", "wet.wav", 0, 0, RATE};

    make_pair();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        const struct aligned_pair pair = {input, target, lengths[i], RATE};
        struct findings findings = {.silent = true};
        struct pair_checks checks;
        struct linear_share share;
        struct tc_error error;

        ck_assert_int_eq(pair_checks_run(&pair, &checks, &error), TC_OK);
        ck_assert_int_eq(linear_share_measure(&pair, &share, &error), TC_OK);
        pair_checks_report(&checks, &place, &findings);
        for (size_t f = 0; f < findings.n; ++f)
            ck_assert_str_eq(findings.finding[f].kind, "level");
        findings_free(&findings);
    }
}
END_TEST

START_TEST(a_linear_filter_is_scored_where_it_was_not_fitted)
{
    const struct aligned_pair pair = {input, target, FRAMES, RATE};
    struct linear_share share;
    struct tc_error error;

    make_input();
    for (size_t i = 0; i < FRAMES; ++i)
        target[i] = 0.5f * input[i] - (i > 0 ? 0.2f * input[i - 1] : 0.0f);
    ck_assert_int_eq(linear_share_measure(&pair, &share, &error), TC_OK);
    ck_assert_double_lt(share.fir_esr, 1e-9);
    ck_assert_double_gt(share.gain_esr, 1e-4);
    make_target();
    ck_assert_int_eq(linear_share_measure(&pair, &share, &error), TC_OK);
    ck_assert(share.fir_esr > 0.001 && share.fir_esr < 0.1);
}
END_TEST

/* The target without frames `from` to from + n - 1. */
static void lose_frames(size_t from, size_t n)
{
    memmove(target + from, target + from + n, (FRAMES - from - n) * sizeof *target);
    memset(target + FRAMES - n, 0, n * sizeof *target);
}

START_TEST(missing_frames_are_a_step_of_the_delay)
{
    struct delay_steps steps;
    struct tc_error error;

    make_pair();
    ck_assert_int_eq(delay_steps_find(input, FRAMES, target, FRAMES, RATE, 0.0, &steps, &error),
                     TC_OK);
    ck_assert_uint_eq(steps.n, 0);
    lose_frames(14 * RATE, 500);
    ck_assert_int_eq(delay_steps_find(input, FRAMES, target, FRAMES, RATE, 0.0, &steps, &error),
                     TC_OK);
    ck_assert_uint_eq(steps.n, 1);
    ck_assert_int_eq(steps.step[0].frames, -500);
    ck_assert(steps.step[0].after_s <= 14.0 && steps.step[0].before_s >= 14.0);
}
END_TEST

/* What a recorder at 48 kHz wrote under a header of 44.1 kHz. */
START_TEST(a_wrong_rate_is_found)
{
    static float slow[FRAMES];
    float *channels[] = {input, slow};
    const struct audio dry = {
        .rate_hz = 44100.0, .n_frames = FRAMES, .channels = 1, .channel = channels};
    const struct audio wet = {
        .rate_hz = 44100.0, .n_frames = FRAMES, .channels = 1, .channel = channels + 1};
    struct true_rate found;
    struct tc_error error;

    make_pair();
    for (size_t i = 0; i < FRAMES; ++i) {
        const double at = (double)i * 44100.0 / 48000.0;
        const size_t frame = (size_t)at;
        const float part = (float)(at - (double)frame);

        slow[i] = (1.0f - part) * target[frame] + part * target[frame + 1];
    }
    ck_assert_int_eq(true_rate_find(&dry, &wet, &found, &error), TC_OK);
    ck_assert_double_eq_tol(found.ratio, 48000.0 / 44100.0, 1e-9);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("pair checks");

    tcase_set_timeout(tests, 30);
    tcase_add_loop_test(tests, each_fault_is_found_alone, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tests, the_lowest_esr_is_that_of_the_noise);
    tcase_add_test(tests, rests_are_no_gaps_where_the_input_decays);
    tcase_add_test(tests, places_and_sizes_are_right);
    tcase_add_loop_test(tests, a_gap_near_an_end_is_found, 0, 2);
    tcase_add_loop_test(tests, a_gap_is_compared_with_frames_of_the_pair_alone, 0, 2);
    tcase_add_test(tests, short_and_silent_pairs_have_no_findings);
    tcase_add_test(tests, a_linear_filter_is_scored_where_it_was_not_fitted);
    tcase_add_test(tests, missing_frames_are_a_step_of_the_delay);
    tcase_add_test(tests, a_wrong_rate_is_found);
    return support_run(tests, "pair checks");
}
