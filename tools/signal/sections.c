#include "signal/sections.h"

#include "signal/drums.h"
#include "signal/guitar.h"
#include "signal/level_steps.h"
#include "signal/noise_bursts.h"
#include "signal/sweep.h"

#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ------------------------------------------------------------------------- sections of sweeps */

static const double LATENCY_SWEEP_S = 0.1, LATENCY_FROM_HZ = 100.0;

static void latency_sweep_fill(const struct sound *sound, double level_db)
{
    sweep_fill(sound, LATENCY_FROM_HZ, sweep_top_hz(sound->rate_hz), level_db);
}

/* Three short ones with pauses, each softer than the one before. */
static void latency_fill(const struct sound *sound, struct generator *generator)
{
    const double each_s = sound_seconds(sound) / 3.0;

    (void)generator;
    for (unsigned k = 0; k < 3; ++k) {
        const struct sound part = sound_part(sound, k * each_s, LATENCY_SWEEP_S);

        latency_sweep_fill(&part, SOUND_LOUDEST_DB - 12.0 * k);
    }
}

static void sweeps_fill(const struct sound *sound, struct generator *generator)
{
    static const double levels_db[] = {-40.0, -25.0, -10.0};
    const double each_s = sound_seconds(sound) / COUNT(levels_db);

    (void)generator;
    for (unsigned k = 0; k < COUNT(levels_db); ++k) {
        const struct sound part = sound_part(sound, k * each_s, each_s);

        sweep_fill(&part, 20.0, sweep_top_hz(sound->rate_hz), levels_db[k]);
    }
}

/* ------------------------------------------------------------------------- sections of levels */

static const double TONE_TRANSITION_S = 0.005, BURST_TRANSITION_S = 0.001;

/* Each fourth part of a section has another sound, at an amplitude of 1. */
enum { CARRIERS = 4 };

static void carrier_fill(const struct sound *sound, struct generator *generator, unsigned k)
{
    static const double tones_hz[CARRIERS - 1] = {82.41, 329.63, 1318.51}; /* E2, E4, E6 */

    if (k < CARRIERS - 1)
        tone_fill(sound, tones_hz[k]);
    else
        noise_fill_below(sound, generator, fmin(2000.0, 0.4 * sound->rate_hz));
}

/* Three quarters of a part are steps of 4 dB, upwards or downwards; then the level glides. */
static void stairs_fill(const struct sound *part, struct generator *generator, unsigned k)
{
    enum { STAIRS = 12 };
    const double length_s = sound_seconds(part), steps_s = 0.75 * length_s;
    const struct sound steps = sound_part(part, 0.0, steps_s);
    const struct sound glide = sound_part(part, steps_s, length_s);
    struct level_step stairs[STAIRS];

    for (unsigned i = 0; i < STAIRS; ++i) {
        const unsigned down = k % 2 == 1 ? i : STAIRS - 1 - i;

        stairs[i] = (struct level_step){SOUND_LOUDEST_DB - 4.0 * down, steps_s / STAIRS};
    }
    carrier_fill(&steps, generator, k);
    level_steps_apply(&steps, stairs, STAIRS, TONE_TRANSITION_S);
    carrier_fill(&glide, generator, k);
    level_glide_apply(&glide, -60.0);
}

static void level_steps_fill(const struct sound *sound, struct generator *generator)
{
    const double each_s = sound_seconds(sound) / CARRIERS;

    for (unsigned k = 0; k < CARRIERS; ++k) {
        const struct sound part = sound_part(sound, k * each_s, each_s);

        stairs_fill(&part, generator, k);
    }
}

/* Up to a loud level and back to a soft one, each for 0.15 to 3 s. */
static double long_steps_fill(const struct sound *part, struct generator *generator, unsigned k)
{
    static const double loud_db[] = {SOUND_LOUDEST_DB, -13.0, -7.0}, soft_db[] = {-40.0, -25.0};
    const double loud_s = 0.15 * pow(20.0, tc_random_uniform(&generator->random));
    const double soft_s = 0.15 * pow(20.0, tc_random_uniform(&generator->random));
    const struct level_step steps[] = {{soft_db[k % COUNT(soft_db)], 0.5 * soft_s},
                                       {loud_db[k % COUNT(loud_db)], loud_s},
                                       {soft_db[k % COUNT(soft_db)], soft_s}};
    const struct sound event = sound_part(part, 0.0, loud_s + 1.5 * soft_s);

    carrier_fill(&event, generator, k % CARRIERS);
    level_steps_apply(&event, steps, COUNT(steps), TONE_TRANSITION_S);
    return loud_s + 1.5 * soft_s;
}

/* The first half as for an effect, the second with longer steps. */
static void compressor_steps_fill(const struct sound *sound, struct generator *generator)
{
    const double length_s = sound_seconds(sound);
    const struct sound stairs = sound_part(sound, 0.0, 0.5 * length_s);
    double at_s = 0.5 * length_s;

    level_steps_fill(&stairs, generator);
    for (unsigned k = 0; at_s + 0.2 <= length_s; ++k) {
        const struct sound rest = sound_part(sound, at_s, length_s);

        at_s += long_steps_fill(&rest, generator, k);
    }
}

/* ------------------------------------------------------------------------- bursts with gaps */

static const double SHORTEST_GAP_S = 0.01, LONGEST_GAP_S = 2.0, BURST_S = 0.25;
enum { MAX_GAPS = 12, MIN_GAPS = 4 };

/* Gap k of n, by equal factors from the shortest to the longest. */
static double gap_s(unsigned k, unsigned n)
{
    return SHORTEST_GAP_S * pow(LONGEST_GAP_S / SHORTEST_GAP_S, k / (n - 1.0));
}

/* A burst before each gap, and one after the last. */
static double gaps_length_s(unsigned n)
{
    double sum_s = BURST_S;

    for (unsigned k = 0; k < n; ++k)
        sum_s += BURST_S + gap_s(k, n);
    return sum_s;
}

/* Loud, then soft for the time of the gap, then loud again. */
static void gaps_fill(const struct sound *part, struct generator *generator, unsigned carrier,
                      unsigned n)
{
    struct level_step steps[2 * MAX_GAPS + 1];

    for (unsigned k = 0; k < n; ++k) {
        steps[2 * k] = (struct level_step){SOUND_LOUDEST_DB, BURST_S};
        steps[2 * k + 1] = (struct level_step){-31.0, gap_s(k, n)};
    }
    steps[2 * n] = (struct level_step){SOUND_LOUDEST_DB, BURST_S};
    carrier_fill(part, generator, carrier);
    level_steps_apply(part, steps, 2 * n + 1, BURST_TRANSITION_S);
}

/* The largest number of gaps, from `most` down, whose rows take no longer than that. */
static unsigned gaps_within(double length_s, unsigned most)
{
    while (most > MIN_GAPS && gaps_length_s(most) > length_s)
        --most;
    return most;
}

/* A row of gaps for each carrier, with as many gaps as there is time for; then what still fits. */
static void compressor_bursts_fill(const struct sound *sound, struct generator *generator)
{
    const double length_s = sound_seconds(sound);
    unsigned n = gaps_within(length_s / CARRIERS, MAX_GAPS);
    double at_s = 0.0;

    for (unsigned k = 0; at_s + gaps_length_s(n) <= length_s; ++k) {
        const struct sound part = sound_part(sound, at_s, gaps_length_s(n));

        gaps_fill(&part, generator, k % CARRIERS, n);
        at_s += gaps_length_s(n);
        n = gaps_within(length_s - at_s, n);
    }
}

/* ------------------------------------------------------------------------- the passage */

/* Something of everything: a sweep, a loud chord, a run of soft notes, a bar of drums. The loudest
 * is at the beginning, so that levels can be set by it. */
static void passage_fill(const struct sound *sound, struct generator *generator)
{
    const double length_s = sound_seconds(sound);
    const struct sound chord = sound_part(sound, 0.0, 0.3 * length_s);
    const struct sound sweep = sound_part(sound, 0.33 * length_s, LATENCY_SWEEP_S);
    const struct sound run = sound_part(sound, 0.42 * length_s, 0.23 * length_s);
    const struct sound bar = sound_part(sound, 0.65 * length_s, 0.35 * length_s);

    guitar_chord_fill(&chord, generator, SOUND_LOUDEST_DB);
    latency_sweep_fill(&sweep, -7.0);
    guitar_run_fill(&run, generator, -19.0);
    drum_bar_fill(&bar, generator, 0, -7.0);
}

/* ------------------------------------------------------------------------- the plan */

struct section_kind {
    const char *name, *use;
    void (*fill)(const struct sound *sound, struct generator *generator); /* NULL: silence */
    double seconds; /* 0: a part of the time that those with seconds leave over */
    double fraction[SIGNAL_PURPOSES];
};

#define PASSAGE_S (-1.0) /* depends on the whole */

static const struct section_kind kinds[] = {
    {"silence", "noise of the recording", NULL, 1.0, {0}},
    {"passage", "loudest at its start: set the levels by it", passage_fill, PASSAGE_S, {0}},
    {"silence", "noise that the sound leaves behind", NULL, 1.0, {0}},
    {"short sweeps", "delay of the recording", latency_fill, 1.5, {0}},
    {"level steps", "distortion at each level", level_steps_fill, 0.0, {0.05, 0.0, 0.05}},
    {"level steps", "ratio and threshold", compressor_steps_fill, 0.0, {0.0, 0.22, 0.0}},
    {"bursts and gaps", "attack and release", compressor_bursts_fill, 0.0, {0.0, 0.25, 0.0}},
    {"sweeps", "frequency response", sweeps_fill, 0.0, {0.04, 0.04, 0.04}},
    {"noise bursts", "all frequencies at once", noise_bursts_fill, 0.0, {0.06, 0.07, 0.06}},
    {"notes", "bass to high, soft to loud", guitar_notes_fill, 0.0, {0.39, 0.16, 0.39}},
    {"chords", "strings that sound together", guitar_chords_fill, 0.0, {0.39, 0.16, 0.39}},
    {"drums", "steep attacks", drum_beats_fill, 0.0, {0.07, 0.10, 0.07}},
    {"silence", "noise that the sound leaves behind", NULL, 2.0, {0}},
    {"passage", "the same again: noise, drift, what has changed", passage_fill, PASSAGE_S, {0}},
    {"silence", "room for a late end", NULL, 1.5, {0}},
};

double signal_usual_s(enum signal_purpose purpose)
{
    return purpose == SIGNAL_KNOBS ? 60.0 : 180.0;
}

/* Seconds of a section that does not depend on the others. */
static double own_seconds(const struct section_kind *kind, double total_s)
{
    return kind->seconds == PASSAGE_S ? fmin(fmax(total_s / 24.0, 3.0), 8.0) : kind->seconds;
}

static bool is_wanted(const struct section_kind *kind, enum signal_purpose purpose)
{
    return kind->seconds != 0.0 || kind->fraction[purpose] > 0.0;
}

/* Every section is cut to whole frames; the longest makes up for the rest. */
static void fill_up(struct signal_plan *plan)
{
    struct signal_section *longest = plan->section;
    uint64_t sum = 0, start = 0;

    for (unsigned i = 0; i < plan->n_sections; ++i) {
        sum += plan->section[i].n_frames;
        if (plan->section[i].n_frames > longest->n_frames)
            longest = &plan->section[i];
    }
    longest->n_frames += plan->n_frames - sum;
    plan->longest = longest->n_frames;
    for (unsigned i = 0; i < plan->n_sections; ++i) {
        plan->section[i].start = start;
        start += plan->section[i].n_frames;
    }
}

struct signal_plan signal_plan_make(enum signal_purpose purpose, double seconds, double rate_hz)
{
    struct signal_plan plan = {.rate_hz = rate_hz,
                               .n_frames = (uint64_t)llround(seconds * rate_hz)};
    double shared_s = seconds;

    for (unsigned k = 0; k < COUNT(kinds); ++k)
        shared_s -= own_seconds(&kinds[k], seconds);
    for (unsigned k = 0; k < COUNT(kinds); ++k) {
        const double length_s =
            own_seconds(&kinds[k], seconds) + shared_s * kinds[k].fraction[purpose];

        if (is_wanted(&kinds[k], purpose))
            plan.section[plan.n_sections++] =
                (struct signal_section){.name = kinds[k].name,
                                        .use = kinds[k].use,
                                        .n_frames = (uint64_t)floor(length_s * rate_hz),
                                        .kind = k};
    }
    fill_up(&plan);
    return plan;
}

void signal_section_fill(const struct signal_plan *plan, const struct signal_section *section,
                         float *samples, float *scratch)
{
    const struct section_kind *const kind = &kinds[section->kind];
    const struct sound sound = {samples, section->n_frames, plan->rate_hz};
    struct generator generator = {.random = {1}, .scratch = scratch};

    memset(samples, 0, section->n_frames * sizeof *samples);
    if (kind->fill)
        kind->fill(&sound, &generator);
}
