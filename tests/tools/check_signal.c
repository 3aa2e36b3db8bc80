#include "tools/signal/level_steps.h"
#include "tools/signal/plucked_string.h"
#include "tools/signal/sections.h"
#include "tools/signal/sweep.h"
#include "tools/signal/true_peak.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What `tonecell signal` writes, and the sounds that it is made of. */

static const double PI = 3.14159265358979324;

struct whole {
    struct signal_plan plan;
    float *samples; /* [plan.n_frames] */
};

static struct whole make_whole(enum signal_purpose purpose, double seconds, double rate_hz)
{
    struct whole w = {.plan = signal_plan_make(purpose, seconds, rate_hz)};
    float *const buffer = calloc(w.plan.longest, 2 * sizeof *buffer);

    w.samples = calloc(w.plan.n_frames, sizeof *w.samples);
    ck_assert(buffer && w.samples);
    for (unsigned i = 0; i < w.plan.n_sections; ++i) {
        const struct signal_section *const section = &w.plan.section[i];

        signal_section_fill(&w.plan, section, buffer, buffer + w.plan.longest);
        memcpy(w.samples + section->start, buffer, section->n_frames * sizeof *buffer);
    }
    free(buffer);
    return w;
}

/* The first section of a name, as a part of the whole. */
static struct sound section_of(const struct whole *w, const char *name)
{
    for (unsigned i = 0; i < w->plan.n_sections; ++i) {
        const struct signal_section *const section = &w->plan.section[i];

        if (strcmp(section->name, name) == 0)
            return (struct sound){w->samples + section->start, section->n_frames, w->plan.rate_hz};
    }
    ck_abort_msg("no section %s", name);
}

static double peak_of(const struct sound *sound)
{
    double peak = 0.0;

    for (size_t i = 0; i < sound->n_frames; ++i)
        peak = fmax(peak, fabs((double)sound->samples[i]));
    return peak;
}

static double rms_db(const struct sound *sound)
{
    double sum = 0.0;

    for (size_t i = 0; i < sound->n_frames; ++i)
        sum += (double)sound->samples[i] * (double)sound->samples[i];
    return 10.0 * log10(sum / (double)sound->n_frames);
}

static double db_of(double amplitude)
{
    return 20.0 * log10(amplitude);
}

/* ------------------------------------------------------------------------- the plan */

START_TEST(sections_fill_the_time)
{
    static const double seconds[] = {30.0, 45.3, 180.0, 599.99}, rates[] = {8000.0, 44100.0, 192e3};

    for (unsigned i = 0; i < 4 * 3 * SIGNAL_PURPOSES; ++i) {
        const double length_s = seconds[i % 4], rate_hz = rates[i / 4 % 3];
        const struct signal_plan plan =
            signal_plan_make((enum signal_purpose)(i / 12), length_s, rate_hz);
        uint64_t at = 0, longest = 0;

        ck_assert_uint_eq(plan.n_frames, (uint64_t)llround(length_s * rate_hz));
        for (unsigned k = 0; k < plan.n_sections; ++k) {
            ck_assert_uint_eq(plan.section[k].start, at);
            ck_assert_uint_gt(plan.section[k].n_frames, 0);
            at += plan.section[k].n_frames;
            longest = plan.section[k].n_frames > longest ? plan.section[k].n_frames : longest;
        }
        ck_assert_uint_eq(at, plan.n_frames);
        ck_assert_uint_eq(longest, plan.longest);
        ck_assert_str_eq(plan.section[0].name, "silence");
        ck_assert_str_eq(plan.section[plan.n_sections - 1].name, "silence");
    }
}
END_TEST

/* ------------------------------------------------------------------------- the whole signal */

struct rendering {
    enum signal_purpose purpose;
    double seconds, rate_hz;
};

static const struct rendering renderings[] = {
    {SIGNAL_EFFECT, 30.0, 8000.0},      {SIGNAL_EFFECT, 30.0, 192e3},
    {SIGNAL_EFFECT, 90.0, 44100.0},     {SIGNAL_COMPRESSOR, 30.0, 11025.0},
    {SIGNAL_COMPRESSOR, 60.0, 48000.0}, {SIGNAL_KNOBS, 30.0, 96000.0},
    {SIGNAL_KNOBS, 60.0, 22050.0},
};
enum { RENDERINGS = sizeof renderings / sizeof *renderings };

/* The signal between frames n and n + 1, by a sinc of 64 taps. */
static double between_frames(const struct whole *w, size_t n, double fraction)
{
    double sum = 0.0;

    for (int k = -31; k <= 32; ++k) {
        const double d = PI * (fraction - k), window = 0.5 + 0.5 * cos(PI * (fraction - k) / 33.0);
        const size_t at = n + (size_t)(k + 31) - 31;

        if (at < w->plan.n_frames)
            sum += (double)w->samples[at] * window * (fabs(d) < 1e-9 ? 1.0 : sin(d) / d);
    }
    return fabs(sum);
}

/* The largest magnitude of the samples; with `between`, of points near loud samples as well. */
static double whole_peak(const struct whole *w, bool between)
{
    double peak = 0.0;

    for (size_t n = 0; n < w->plan.n_frames; ++n) {
        const double sample = fabs((double)w->samples[n]);

        if (!isfinite(sample))
            ck_abort_msg("frame %zu is not finite", n);
        peak = fmax(peak, sample);
        for (unsigned k = 1; between && sample > 0.8 && n % 16 == 0 && k < 4; ++k)
            peak = fmax(peak, between_frames(w, n, k / 4.0));
    }
    return peak;
}

static void assert_peaks(const struct whole *w)
{
    const double limit = pow(10.0, SOUND_LOUDEST_DB / 20.0);
    const double peak = whole_peak(w, false), between = whole_peak(w, true);

    ck_assert_msg(peak <= limit + 1e-6 && peak > 0.98 * limit, "peak %g", peak);
    ck_assert_msg(between < 1.03 * limit, "peak between samples %g", between);
}

/* One after the other they make no click, and each has sound of its own. */
static void assert_sections(const struct whole *w)
{
    for (unsigned k = 0; k < w->plan.n_sections; ++k) {
        const struct signal_section *const s = &w->plan.section[k];
        const struct sound sound = {w->samples + s->start, s->n_frames, w->plan.rate_hz};

        ck_assert_float_eq_tol(sound.samples[0], 0.0f, 1e-4f);
        ck_assert_float_eq_tol(sound.samples[sound.n_frames - 1], 0.0f, 1e-4f);
        if (strcmp(s->name, "silence") == 0)
            ck_assert_double_eq(peak_of(&sound), 0.0);
        else
            ck_assert_msg(rms_db(&sound) > -35.0 && rms_db(&sound) < -3.0, "%s: RMS %g dB", s->name,
                          rms_db(&sound));
    }
}

static void assert_passages(const struct whole *w)
{
    const struct signal_section *passage[2] = {NULL, NULL};

    for (unsigned k = 0; k < w->plan.n_sections; ++k) {
        if (strcmp(w->plan.section[k].name, "passage") == 0) {
            ck_assert_ptr_null(passage[1]);
            passage[passage[0] ? 1 : 0] = &w->plan.section[k];
        }
    }
    ck_assert_ptr_nonnull(passage[1]);
    ck_assert_uint_eq(passage[0]->n_frames, passage[1]->n_frames);
    ck_assert_mem_eq(w->samples + passage[0]->start, w->samples + passage[1]->start,
                     passage[0]->n_frames * sizeof *w->samples);
}

/* Peaks at -1 dB, sections that begin and end with silence, a passage that comes twice. */
START_TEST(signals_keep_to_their_rules)
{
    const struct rendering *const r = &renderings[_i];
    const struct whole w = make_whole(r->purpose, r->seconds, r->rate_hz);

    assert_peaks(&w);
    assert_sections(&w);
    assert_passages(&w);
    free(w.samples);
}
END_TEST

START_TEST(the_same_options_give_the_same_samples)
{
    const struct whole a = make_whole(SIGNAL_COMPRESSOR, 31.5, 8000.0);
    const struct whole b = make_whole(SIGNAL_COMPRESSOR, 31.5, 8000.0);

    ck_assert_mem_eq(a.samples, b.samples, a.plan.n_frames * sizeof *a.samples);
    free(a.samples);
    free(b.samples);
}
END_TEST

/* ------------------------------------------------------------------------- its sections */

/* The last millisecond of a sweep from 100 Hz to f in 100 ms averages f (1 - 1 / r) / ln r with
 * r = (f / 100)^(1 / 100). */
START_TEST(short_sweeps_reach_the_top)
{
    static const double rates[] = {8000.0, 44100.0, 48000.0, 192e3}, tops[] = {3800, 2e4, 2e4, 2e4};
    const struct whole w = make_whole(SIGNAL_EFFECT, 30.0, rates[_i]);
    const struct sound sweeps = section_of(&w, "short sweeps");
    const struct sound last = sound_part(&sweeps, 0.098, 0.001);
    const double log_ratio = log(tops[_i] / 100.0) / 100.0;
    const double mean_hz = tops[_i] * exp(-log_ratio) * (1.0 - exp(-log_ratio)) / log_ratio;
    unsigned crossings = 0;

    for (size_t i = 1; i < last.n_frames; ++i)
        crossings += (last.samples[i] < 0.0f) != (last.samples[i - 1] < 0.0f);
    ck_assert_msg(fabs(crossings - 2e-3 * mean_hz) <= 2.0, "%u crossings in a ms, expected %g",
                  crossings, 2e-3 * mean_hz);
    ck_assert_double_eq_tol(peak_of(&sweeps), pow(10.0, SOUND_LOUDEST_DB / 20.0), 0.02);
    free(w.samples);
}
END_TEST

/* Twelve steps of the first tone, upwards: -45, -41, ..., -1 dB. */
START_TEST(level_steps_have_their_levels)
{
    const struct whole w = make_whole(SIGNAL_EFFECT, 180.0, 8000.0);
    const struct sound all = section_of(&w, "level steps");
    const double step_s = sound_seconds(&all) / 4.0 * 0.75 / 12.0;

    for (unsigned i = 0; i < 12; ++i) {
        const struct sound step = sound_part(&all, i * step_s + 0.01, 5.0 / 82.41);

        ck_assert_double_eq_tol(rms_db(&step), -45.0 + 4.0 * i - db_of(sqrt(2.0)), 0.1);
    }
    free(w.samples);
}
END_TEST

/* A sine of amplitude a rises by 2 pi f a / rate in a frame; a change of level in 5 ms, along half
 * a period of a cosine, adds pi / 2 a / (0.005 rate) at most. A click would be larger. */
START_TEST(tones_have_no_clicks)
{
    static const double tones_hz[] = {82.41, 329.63, 1318.51};
    const struct whole w = make_whole(SIGNAL_EFFECT, 60.0, 48000.0);
    const struct sound all = section_of(&w, "level steps");
    const double each_s = sound_seconds(&all) / 4.0, top = pow(10.0, SOUND_LOUDEST_DB / 20.0);

    for (unsigned k = 0; k < 3; ++k) {
        const struct sound part = sound_part(&all, k * each_s, each_s);
        const double limit = top * (2.0 * PI * tones_hz[k] + PI / 2.0 / 0.005) / 48000.0;

        for (size_t i = 1; i < part.n_frames; ++i) {
            const double step = (double)part.samples[i] - (double)part.samples[i - 1];

            if (!(fabs(step) <= limit))
                ck_abort_msg("tone %u, frame %zu: a step of %g", k, i, step);
        }
    }
    free(w.samples);
}
END_TEST

/* Gaps are where the sound stays below -14 dB for 5 ms and comes back. */
START_TEST(gaps_reach_from_ten_milliseconds_to_two_seconds)
{
    const struct whole w = make_whole(SIGNAL_COMPRESSOR, _i == 0 ? 30.0 : 180.0, 8000.0);
    const struct sound bursts = section_of(&w, "bursts and gaps");
    double shortest_s = 100.0, longest_s = 0.0;
    size_t run = 0;

    for (size_t i = 8; i < bursts.n_frames; ++i) {
        const bool is_soft = fabsf(bursts.samples[i]) < 0.2f;
        const double run_s = (double)run / bursts.rate_hz;

        if (!is_soft && run_s > 0.005) {
            shortest_s = fmin(shortest_s, run_s);
            longest_s = fmax(longest_s, run_s);
        }
        run = is_soft ? run + 1 : 0;
    }
    ck_assert_msg(shortest_s > 0.008 && shortest_s < 0.014, "shortest %g s", shortest_s);
    ck_assert_msg(longest_s > 1.99 && longest_s < 2.02, "longest %g s", longest_s);
    free(w.samples);
}
END_TEST

/* ------------------------------------------------------------------------- a string */

/* A second of a string. */
static struct sound pluck(double rate_hz, double frequency_hz, double decay_s)
{
    const size_t n = (size_t)rate_hz;
    struct sound sound = {calloc(n, 2 * sizeof *sound.samples), n, rate_hz};
    struct generator generator = {.random = {7}, .scratch = sound.samples + n};
    const struct pluck how = {
        .frequency_hz = frequency_hz, .force = 0.5, .decay_s = decay_s, .gain = 1.0};

    ck_assert_ptr_nonnull(sound.samples);
    string_pluck(&sound, &generator, &how);
    return sound;
}

/* Magnitude of the partial at a frequency, in a Hann window. */
static double partial(const struct sound *sound, double frequency_hz)
{
    double re = 0.0, im = 0.0;

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double turn = 2.0 * PI * frequency_hz * (double)i / sound->rate_hz;
        const double window = 1.0 - cos(2.0 * PI * (double)i / (double)sound->n_frames);

        re += window * (double)sound->samples[i] * cos(turn);
        im += window * (double)sound->samples[i] * sin(turn);
    }
    return hypot(re, im);
}

static const struct string_case {
    double rate_hz, frequency_hz;
} string_cases[] = {{8000, 41.2}, {44100, 110}, {96e3, 440}, {8000, 1318.51}, {48000, 987.77}};
enum { LOW_STRINGS = 3, STRINGS = sizeof string_cases / sizeof *string_cases };

/* A period of six frames, rounded to whole ones, would be up to 140 cents off. */
START_TEST(strings_are_in_tune)
{
    const struct string_case *const c = &string_cases[_i];
    const struct sound sound = pluck(c->rate_hz, c->frequency_hz, 6.0);
    double best = 0.0;
    int best_cents = 0;

    for (int cents = -30; cents <= 30; cents += 2) {
        const double level = partial(&sound, c->frequency_hz * pow(2.0, cents / 1200.0));

        if (level > best) {
            best = level;
            best_cents = cents;
        }
    }
    ck_assert_msg(abs(best_cents) <= 2, "%g Hz at %g Hz: %d cents off", c->frequency_hz, c->rate_hz,
                  best_cents);
    free(sound.samples);
}
END_TEST

/* 60 dB in 3 s are 10 dB in half a second. At the top of a low rate interpolation adds to that. */
START_TEST(strings_decay_as_said)
{
    const struct string_case *const c = &string_cases[_i];
    const struct sound sound = pluck(c->rate_hz, c->frequency_hz, 3.0);
    const struct sound early = sound_part(&sound, 0.1, 0.4), late = sound_part(&sound, 0.6, 0.4);
    const double fall_db =
        db_of(partial(&early, c->frequency_hz) / partial(&late, c->frequency_hz));

    ck_assert_msg(fall_db > 9.0 && fall_db < 13.0, "%g Hz at %g Hz: %g dB", c->frequency_hz,
                  c->rate_hz, fall_db);
    free(sound.samples);
}
END_TEST

/* ------------------------------------------------------------------------- true peak */

/* A sine of a quarter of the rate whose samples are all +-0.7071. */
START_TEST(true_peak_sees_what_lies_between_samples)
{
    static const double rates[] = {48000.0, 192e3};
    float sine[1000];

    for (unsigned i = 0; i < 1000; ++i)
        sine[i] = (float)(sin(PI / 4.0 + PI / 2.0 * i) * (0.5 - 0.5 * cos(2.0 * PI * i / 1000.0)));
    ck_assert_float_eq_tol(true_peak(sine, 1000, rates[_i]), 1.0f, 0.01f);
}
END_TEST

START_TEST(true_peak_of_a_few_frames)
{
    static const float two[] = {-0.5f, 0.25f};

    ck_assert_float_eq(true_peak(two, 0, 48000.0), 0.0f);
    ck_assert_float_eq(true_peak(two, 1, 48000.0), 0.5f);
    ck_assert_float_ge(true_peak(two, 2, 48000.0), 0.5f);
}
END_TEST

int main(void)
{
    TCase *const tests = tcase_create("signal");

    tcase_add_test(tests, sections_fill_the_time);
    tcase_add_loop_test(tests, signals_keep_to_their_rules, 0, RENDERINGS);
    tcase_add_test(tests, the_same_options_give_the_same_samples);
    tcase_add_loop_test(tests, short_sweeps_reach_the_top, 0, 4);
    tcase_add_test(tests, level_steps_have_their_levels);
    tcase_add_test(tests, tones_have_no_clicks);
    tcase_add_loop_test(tests, gaps_reach_from_ten_milliseconds_to_two_seconds, 0, 2);
    tcase_add_loop_test(tests, strings_are_in_tune, 0, STRINGS);
    tcase_add_loop_test(tests, strings_decay_as_said, 0, LOW_STRINGS);
    tcase_add_loop_test(tests, true_peak_sees_what_lies_between_samples, 0, 2);
    tcase_add_test(tests, true_peak_of_a_few_frames);
    return support_run(tests, "signal");
}
