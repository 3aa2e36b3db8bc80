#include "signal/guitar.h"

#include "signal/plucked_string.h"
#include "signal/spread.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ------------------------------------------------------------------------- single notes */

struct note_style {
    double seconds;
    unsigned plucks;
    double sounding; /* fraction of the time of a pluck until the hand damps it */
    bool scale;      /* each pluck is the next note of a scale */
    double bend, decay_s;
    bool muted;
};

static const struct note_style note_styles[] = {
    {.seconds = 1.8, .plucks = 1, .sounding = 1.0, .decay_s = 12.0},               /* rings */
    {.seconds = 1.2, .plucks = 4, .sounding = 0.5, .decay_s = 12.0},               /* cut short */
    {.seconds = 1.2, .plucks = 6, .sounding = 1.0, .decay_s = 1.0, .muted = true}, /* palm mute */
    {.seconds = 1.5, .plucks = 1, .sounding = 1.0, .decay_s = 9.0, .bend = 2.0},
    {.seconds = 1.2, .plucks = 6, .sounding = 0.9, .decay_s = 8.0, .scale = true},
    {.seconds = 1.0, .plucks = 10, .sounding = 1.0, .decay_s = 8.0}, /* tremolo */
};

/* Minor pentatonic scale, in semitones. */
static const int scale[] = {0, 3, 5, 7, 10, 12};

static const double HAND_S = 0.01; /* in which the hand damps a string */

static double note_hz(double note)
{
    return 440.0 * pow(2.0, (note - 69.0) / 12.0);
}

/* The coil and its cable, from dark to bright. */
static void pick_up(const struct sound *sound, struct generator *generator)
{
    sound_low_pass(sound, fmin(generator_between(generator, 1500.0, 5000.0), 0.4 * sound->rate_hz));
}

/* Strike and damp one string after the other. */
static void notes_fill(const struct sound *event, struct generator *generator,
                       const struct note_style *style, double note)
{
    const double each_s = sound_seconds(event) / style->plucks;

    for (unsigned k = 0; k < style->plucks; ++k) {
        const struct sound part = sound_part(event, k * each_s, style->sounding * each_s);
        const struct pluck pluck = {
            .frequency_hz = note_hz(note + (style->scale ? scale[k % COUNT(scale)] : 0)),
            .bend = style->bend,
            .force = generator_between(generator, 0.2, 1.0),
            .decay_s = style->decay_s,
            .muted = style->muted,
            .gain = generator_between(generator, 0.6, 1.0)};

        string_pluck(&part, generator, &pluck);
        sound_fade(&part, 0.0, HAND_S);
    }
}

static void event_finish(const struct sound *event, struct generator *generator, double level_db)
{
    pick_up(event, generator);
    sound_fade(event, 0.0005, 0.03);
    sound_set_level(event, level_db);
}

void guitar_notes_fill(const struct sound *sound, struct generator *generator)
{
    double at_s = 0.0;

    for (unsigned k = 0; at_s + 0.1 <= sound_seconds(sound); ++k) {
        const struct note_style *const style = &note_styles[k % COUNT(note_styles)];
        const struct spread at = spread_point(k);
        const double note =
            floor(GUITAR_LOWEST + pow(at.y, 2.5) * (GUITAR_HIGHEST + 1 - GUITAR_LOWEST));
        const double length_s = style->seconds * generator_between(generator, 0.7, 1.3);
        const struct sound event = sound_part(sound, at_s, length_s);

        notes_fill(&event, generator, style, fmin(note, style->scale ? 76.0 : GUITAR_HIGHEST));
        event_finish(&event, generator, spread_level_db(at));
        at_s += length_s + generator_between(generator, 0.0, 0.15);
    }
}

void guitar_run_fill(const struct sound *sound, struct generator *generator, double level_db)
{
    static const struct note_style run = {
        .plucks = COUNT(scale), .sounding = 0.9, .decay_s = 8.0, .scale = true};

    notes_fill(sound, generator, &run, 52.0);
    event_finish(sound, generator, level_db);
}

/* ------------------------------------------------------------------------- chords */

enum { CHORD_STRINGS = 6, NO_STRING = -1 };

/* In semitones above the lowest note: octave, fifths, major, minor, seventh, fourths. */
static const int chords[][CHORD_STRINGS] = {
    {0, 7, 12, 16, 19, 24}, {0, 7, 12, NO_STRING, NO_STRING, NO_STRING},
    {0, 7, 12, 15, 19, 24}, {0, 12, NO_STRING, NO_STRING, NO_STRING, NO_STRING},
    {0, 7, 10, 16, 19, 24}, {0, 5, 10, 15, NO_STRING, NO_STRING},
};

struct chord_style {
    double seconds;
    unsigned strums;
    double spread_s; /* from one string to the next */
    double decay_s;
    bool muted, swells; /* swells: the volume is turned up after the stroke */
};

static const struct chord_style chord_styles[] = {
    {.seconds = 2.4, .strums = 1, .spread_s = 0.012, .decay_s = 12.0},
    {.seconds = 1.6, .strums = 4, .spread_s = 0.006, .decay_s = 8.0},
    {.seconds = 1.2, .strums = 6, .spread_s = 0.003, .decay_s = 1.0, .muted = true},
    {.seconds = 2.4, .strums = 1, .spread_s = 0.18, .decay_s = 12.0},
    {.seconds = 2.4, .strums = 1, .spread_s = 0.008, .decay_s = 12.0, .swells = true},
};

static void strum(const struct sound *part, struct generator *generator, const int *chord,
                  const struct chord_style *style, double note)
{
    const double force = generator_between(generator, 0.2, 1.0);

    for (unsigned s = 0; s < CHORD_STRINGS && chord[s] != NO_STRING; ++s) {
        const double start_s = s * style->spread_s;
        const struct sound string = sound_part(part, start_s, sound_seconds(part));
        const struct pluck pluck = {.frequency_hz = note_hz(note + chord[s]),
                                    .force = force,
                                    .decay_s = style->decay_s,
                                    .muted = style->muted,
                                    .gain = generator_between(generator, 0.6, 1.0)};

        string_pluck(&string, generator, &pluck);
    }
    sound_fade(part, 0.0, HAND_S);
}

static void chord_fill(const struct sound *event, struct generator *generator, const int *chord,
                       const struct chord_style *style, double note)
{
    const double each_s = sound_seconds(event) / style->strums;

    for (unsigned k = 0; k < style->strums; ++k) {
        const struct sound part = sound_part(event, k * each_s, each_s);

        strum(&part, generator, chord, style, note);
    }
    if (style->swells)
        sound_fade(event, 1.0, 0.5);
}

void guitar_chords_fill(const struct sound *sound, struct generator *generator)
{
    double at_s = 0.0;

    for (unsigned k = 0; at_s + 0.2 <= sound_seconds(sound); ++k) {
        const struct chord_style *const style = &chord_styles[k % COUNT(chord_styles)];
        const struct spread at = spread_point(k);
        const double note = floor(GUITAR_LOWEST + pow(at.y, 2.0) * (64 - GUITAR_LOWEST));
        const double length_s = style->seconds * generator_between(generator, 0.7, 1.3);
        const struct sound event = sound_part(sound, at_s, length_s);

        chord_fill(&event, generator, chords[k % COUNT(chords)], style, note);
        event_finish(&event, generator, spread_level_db(at));
        at_s += length_s + generator_between(generator, 0.0, 0.15);
    }
}

void guitar_chord_fill(const struct sound *sound, struct generator *generator, double level_db)
{
    chord_fill(sound, generator, chords[0], &chord_styles[0], 40.0);
    event_finish(sound, generator, level_db);
}
