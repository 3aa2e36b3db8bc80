/** @file
 *  Write a dry electric guitar: `riff SEED SECONDS OUT.wav`, 44.1 kHz, mono, 16 bit.
 *
 *  Six plucked strings (Karplus & Strong 1983, with the extensions of Jaffe & Smith 1983): a
 *  string is a delay line as long as one period, closed over a loss filter. The pick is a burst of
 *  noise, duller when soft, with a comb filter for the position of the pick. A random sequence,
 *  the same for the same seed, of licks, bends, chords, arpeggios and palm mutes, from soft to
 *  loud, with pauses. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 44100, STRINGS = 6, LINE = 1024, MAX_SECONDS = 3600 };

/* At this gain the loudest chords of a hundred seeds stay under full scale. */
static const double OUTPUT_GAIN = 0.28;

struct string {
    double line[LINE]; /* the last samples that entered the string */
    double pick[LINE]; /* the burst of the pick */
    unsigned pick_at, pick_remaining;
    double period;        /* in frames, now */
    double period_wanted; /* a bend moves `period` there */
    double loss;          /* gain per period */
    double dullness;      /* weight of the previous sample in the loss filter, 0 to 0.5 */
    double last;          /* previous output of the loss filter */
};

struct guitar {
    struct string string[STRINGS];
    uint64_t random;
    unsigned now;                       /* write index of the delay lines */
    double pickup_1, pickup_2, blocked; /* states of the pickup filters */
    double blocked_input;
    int16_t *out;
    size_t frames, frame;
};

/* ------------------------------------------------------------------------- random numbers */

/* xorshift64*; a number in [0, 1). From: Vigna 2016. */
static double uniform(struct guitar *guitar)
{
    guitar->random ^= guitar->random >> 12;
    guitar->random ^= guitar->random << 25;
    guitar->random ^= guitar->random >> 27;
    return (double)(guitar->random * 0x2545f4914f6cdd1du >> 11) / 9007199254740992.0;
}

static double between(struct guitar *guitar, double low, double high)
{
    return low + (high - low) * uniform(guitar);
}

static unsigned choose(struct guitar *guitar, unsigned count)
{
    return (unsigned)(uniform(guitar) * count);
}

/* ------------------------------------------------------------------------- strings */

/* In semitones above E2: standard tuning. */
static const int TUNING[STRINGS] = {0, 5, 10, 15, 19, 24};

static double period_of(unsigned string, double fret)
{
    return RATE / (82.407 * pow(2.0, (TUNING[string] + fret) / 12.0));
}

/* Cubic Lagrange, so that a bend glides instead of stepping. `delay` is 2 frames at least. */
static double read_line(const struct string *string, unsigned now, double delay)
{
    const unsigned whole = (unsigned)delay;
    const double f = delay - whole;
    const double a = string->line[(now - whole + 1) % LINE];
    const double b = string->line[(now - whole) % LINE];
    const double c = string->line[(now - whole - 1) % LINE];
    const double d = string->line[(now - whole - 2) % LINE];

    return -a * f * (f - 1) * (f - 2) / 6 + b * (f + 1) * (f - 1) * (f - 2) / 2 -
           c * (f + 1) * f * (f - 2) / 2 + d * (f + 1) * f * (f - 1) / 6;
}

/* The loss filter's own delay, `dullness` frames, is part of the period. */
static double string_frame(struct string *string, unsigned now)
{
    const double back = read_line(string, now, string->period - string->dullness);
    const double lost = back + string->dullness * (string->last - back);
    double pick = 0.0;

    if (string->pick_remaining > 0) {
        pick = string->pick[string->pick_at++];
        --string->pick_remaining;
    }
    string->last = back;
    string->line[now % LINE] = string->loss * lost + pick;
    string->period += (string->period_wanted - string->period) * 0.0004;
    return string->line[now % LINE];
}

/* One period of noise, smoothed more the softer the stroke, minus itself later: at the position of
 * the pick (an eighth to a quarter of the string) no harmonic with a node there is struck. */
static void load_pick(struct guitar *guitar, struct string *string, double velocity)
{
    const unsigned length = (unsigned)string->period;
    const unsigned position = (unsigned)(string->period * between(guitar, 0.12, 0.25));
    const double smooth = 0.85 - 0.55 * velocity;
    double noise[LINE], dull = 0.0, mean = 0.0;

    for (unsigned n = 0; n < length; ++n) {
        dull = smooth * dull + (1.0 - smooth) * between(guitar, -1.0, 1.0);
        noise[n] = dull;
    }
    for (unsigned n = 0; n < length; ++n) {
        string->pick[n] = noise[n] - noise[(n + length - position) % length];
        mean += string->pick[n] / length;
    }
    for (unsigned n = 0; n < length; ++n)
        string->pick[n] = velocity * (string->pick[n] - mean) / (1.0 - smooth);
    string->pick_at = 0;
    string->pick_remaining = length;
}

/* The gain per period that gives a decay by 60 dB in `seconds`. */
static double loss_for(const struct string *string, double seconds)
{
    return pow(0.001, string->period / (seconds * RATE));
}

/* The pick damps most of what still rings. */
static void pluck(struct guitar *guitar, unsigned index, double fret, double velocity, bool muted)
{
    struct string *const string = &guitar->string[index];

    string->period = string->period_wanted = period_of(index, fret);
    string->dullness = muted ? 0.45 : 0.28 - 0.03 * index;
    string->loss = loss_for(string, muted ? 0.25 : 7.0 - 0.7 * index);
    for (unsigned n = 0; n < LINE; ++n)
        string->line[n] *= 0.2;
    load_pick(guitar, string, velocity);
}

/* The hand damps all strings. */
static void damp(struct guitar *guitar, double seconds)
{
    for (unsigned s = 0; s < STRINGS; ++s)
        guitar->string[s].loss = loss_for(&guitar->string[s], seconds);
}

/* ------------------------------------------------------------------------- sound */

/* The coil and its cable: two poles near 3.5 kHz, then a DC blocker at 20 Hz. */
static double pickup(struct guitar *guitar, double in)
{
    guitar->pickup_1 += 0.4 * (in - guitar->pickup_1);
    guitar->pickup_2 += 0.4 * (guitar->pickup_1 - guitar->pickup_2);
    guitar->blocked = 0.99715 * guitar->blocked + guitar->pickup_2 - guitar->blocked_input;
    guitar->blocked_input = guitar->pickup_2;
    return guitar->blocked;
}

static void render(struct guitar *guitar, double seconds)
{
    size_t remaining = (size_t)(seconds * RATE);

    for (; remaining > 0 && guitar->frame < guitar->frames; --remaining, ++guitar->now) {
        double sum = 0.0;

        for (unsigned s = 0; s < STRINGS; ++s)
            sum += string_frame(&guitar->string[s], guitar->now);
        sum = OUTPUT_GAIN * pickup(guitar, sum);
        guitar->out[guitar->frame++] = (int16_t)lrint(32767.0 * fmin(fmax(sum, -1.0), 1.0));
    }
}

/* ------------------------------------------------------------------------- phrases */

/* Minor pentatonic, as frets above the root of a position. */
static const int SHAPE[STRINGS][2] = {{0, 3}, {0, 2}, {0, 2}, {0, 2}, {0, 3}, {0, 3}};

/* Power chords, open, minor and major barre, as frets above the root; -1: not struck. */
static const int CHORD[][STRINGS] = {
    {0, 2, 2, -1, -1, -1}, {0, 2, 2, 0, 0, 0},  {0, 2, 2, 1, 0, 0},
    {-1, 0, 2, 2, 2, 0},   {-1, 0, 2, 2, 1, 0}, {-1, -1, 0, 2, 3, 2},
};
enum { CHORDS = sizeof CHORD / sizeof *CHORD };

struct mood {
    int root;    /* fret */
    double loud; /* 0 to 1 */
    double beat_s;
};

static void lick(struct guitar *guitar, const struct mood *mood)
{
    unsigned step = choose(guitar, 2 * STRINGS);

    for (unsigned n = 6 + choose(guitar, 8); n > 0; --n) {
        const unsigned string = step / 2;

        pluck(guitar, string, mood->root + SHAPE[string][step % 2],
              mood->loud * between(guitar, 0.6, 1.0), false);
        render(guitar, mood->beat_s * (uniform(guitar) < 0.3 ? 0.5 : 0.25));
        if (uniform(guitar) < 0.6)
            guitar->string[string].loss = loss_for(&guitar->string[string], 0.1);
        step = (step + 2 * STRINGS + choose(guitar, 5) - 2) % (2 * STRINGS);
    }
}

static void bend(struct guitar *guitar, const struct mood *mood)
{
    const unsigned string = 3 + choose(guitar, 3);
    const double fret = mood->root + 5 + (int)choose(guitar, 4);

    pluck(guitar, string, fret, mood->loud, false);
    render(guitar, mood->beat_s * 0.25);
    guitar->string[string].period_wanted = period_of(string, fret + 1 + (int)choose(guitar, 2));
    render(guitar, mood->beat_s * between(guitar, 0.5, 1.5));
    guitar->string[string].period_wanted = period_of(string, fret);
    render(guitar, mood->beat_s * 0.5);
}

static void strum(struct guitar *guitar, const int frets[STRINGS], const struct mood *mood,
                  double gap_s, bool muted)
{
    for (unsigned string = 0; string < STRINGS; ++string) {
        if (frets[string] < 0)
            continue;
        pluck(guitar, string, mood->root + frets[string], mood->loud * between(guitar, 0.7, 1.0),
              muted);
        render(guitar, gap_s);
    }
}

static void chords(struct guitar *guitar, const struct mood *mood)
{
    for (unsigned n = 1 + choose(guitar, 4); n > 0; --n) {
        const int *const chord = CHORD[choose(guitar, CHORDS)];

        strum(guitar, chord, mood, between(guitar, 0.004, 0.02), false);
        render(guitar, mood->beat_s * between(guitar, 0.4, 2.0));
        if (uniform(guitar) < 0.5) {
            damp(guitar, 0.08);
            render(guitar, mood->beat_s * 0.25);
        }
    }
}

static void arpeggio(struct guitar *guitar, const struct mood *mood)
{
    for (unsigned n = 1 + choose(guitar, 3); n > 0; --n)
        strum(guitar, CHORD[choose(guitar, CHORDS)], mood, mood->beat_s * 0.25, false);
    render(guitar, mood->beat_s);
}

static void chug(struct guitar *guitar, const struct mood *mood)
{
    for (unsigned n = 6 + choose(guitar, 10); n > 0; --n) {
        strum(guitar, CHORD[0], mood, 0.003, uniform(guitar) < 0.8);
        render(guitar, mood->beat_s * 0.25);
    }
}

static void rest(struct guitar *guitar, const struct mood *mood)
{
    damp(guitar, between(guitar, 0.05, 0.4));
    render(guitar, mood->beat_s * between(guitar, 0.5, 2.5));
}

static void play(struct guitar *guitar)
{
    void (*const phrases[])(struct guitar *, const struct mood *) = {lick,   lick,     bend, chords,
                                                                     chords, arpeggio, chug, rest};
    struct mood mood;

    while (guitar->frame < guitar->frames) {
        mood.root = (int)choose(guitar, 8);
        mood.loud = pow(10.0, between(guitar, -26.0, 0.0) / 20.0);
        mood.beat_s = between(guitar, 0.35, 0.75);
        phrases[choose(guitar, sizeof phrases / sizeof *phrases)](guitar, &mood);
        if (uniform(guitar) < 0.3)
            rest(guitar, &mood);
    }
}

/* ------------------------------------------------------------------------- file */

static void put(FILE *file, uint32_t value, unsigned bytes)
{
    for (; bytes > 0; --bytes, value >>= 8)
        fputc((int)(value & 0xff), file);
}

/* The 44 bytes before the samples of a plain WAV file: little-endian, PCM, mono. */
static void put_header(FILE *file, uint32_t frames)
{
    fputs("RIFF", file);
    put(file, 36 + 2 * frames, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 1, 2);
    put(file, 1, 2);
    put(file, RATE, 4);
    put(file, 2 * RATE, 4);
    put(file, 2, 2);
    put(file, 16, 2);
    fputs("data", file);
    put(file, 2 * frames, 4);
}

static bool write_wav(const char *path, const int16_t *samples, size_t frames)
{
    FILE *const file = fopen(path, "wb");
    bool good;

    if (file == NULL)
        return false;
    put_header(file, (uint32_t)frames);
    for (size_t n = 0; n < frames; ++n)
        put(file, (uint16_t)samples[n], 2);
    good = !ferror(file);
    return fclose(file) == 0 && good;
}

/* ------------------------------------------------------------------------- program */

static bool read_number(const char *text, double low, double high, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value >= low && *value <= high;
}

/* Play and write. False with errno set. */
static bool riff(uint64_t seed, double seconds, const char *path)
{
    struct guitar *const guitar = calloc(1, sizeof *guitar);
    bool done = false;

    if (guitar == NULL)
        return false;
    for (unsigned s = 0; s < STRINGS; ++s)
        guitar->string[s].period = guitar->string[s].period_wanted = period_of(s, 0);
    guitar->random = (seed + 1) * 0x9e3779b97f4a7c15u;
    guitar->frames = (size_t)(seconds * RATE);
    guitar->out = calloc(guitar->frames + 1, sizeof *guitar->out);
    if (guitar->out != NULL) {
        play(guitar);
        done = write_wav(path, guitar->out, guitar->frames);
    }
    free(guitar->out);
    free(guitar);
    return done;
}

int main(int argc, char **argv)
{
    double seed, seconds;

    if (argc != 4 || !read_number(argv[1], 0, 1e9, &seed) ||
        !read_number(argv[2], 0, MAX_SECONDS, &seconds)) {
        fprintf(stderr, "usage: riff SEED SECONDS OUT.wav     (up to %d seconds)\n", MAX_SECONDS);
        return 2;
    }
    if (!riff((uint64_t)seed, seconds, argv[3])) {
        fprintf(stderr, "riff: %s: %s\n", argv[3], strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
