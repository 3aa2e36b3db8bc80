#include "signal/drums.h"

#include "signal/spread.h"

#include <math.h>

static const double TURN = 2.0 * 3.14159265358979324;

/* ------------------------------------------------------------------------- strokes */

/* Strokes begin within a millisecond rather than with a step. */
static double attack(double t_s)
{
    return sound_ramp(t_s / 0.001);
}

void drum_kick(const struct sound *sound, struct generator *generator, double gain)
{
    double phase = 0.0;

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double t = (double)i / sound->rate_hz;
        const double click = 0.3 * exp(-t / 0.003) * generator_between(generator, -1.0, 1.0);
        const double body = exp(-t / 0.12) * sin(TURN * phase);

        sound->samples[i] += (float)(gain * attack(t) * (body + click));
        phase += (50.0 + 150.0 * exp(-t / 0.025)) / sound->rate_hz;
    }
}

/* High-pass of two poles: what two low-passes, one after the other, leave over. */
struct high_pass {
    double c, low[2];
};

static double high_pass(struct high_pass *filter, double x)
{
    for (unsigned pole = 0; pole < 2; ++pole) {
        filter->low[pole] += filter->c * (x - filter->low[pole]);
        x -= filter->low[pole];
    }
    return x;
}

static struct high_pass high_pass_at(double cutoff_hz, double rate_hz)
{
    return (struct high_pass){.c = 1.0 - exp(-TURN * cutoff_hz / rate_hz)};
}

void drum_snare(const struct sound *sound, struct generator *generator, double gain)
{
    struct high_pass filter = high_pass_at(1000.0, sound->rate_hz);

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double t = (double)i / sound->rate_hz;
        const double noise = high_pass(&filter, generator_between(generator, -1.0, 1.0));
        const double skin = 0.5 * sin(TURN * 180.0 * t) + 0.3 * sin(TURN * 330.0 * t);

        sound->samples[i] +=
            (float)(gain * attack(t) * (exp(-t / 0.06) * skin + 0.7 * exp(-t / 0.09) * noise));
    }
}

void drum_hat(const struct sound *sound, struct generator *generator, double gain, double decay_s)
{
    struct high_pass filter = high_pass_at(fmin(7000.0, 0.3 * sound->rate_hz), sound->rate_hz);

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double t = (double)i / sound->rate_hz;
        const double noise = high_pass(&filter, generator_between(generator, -1.0, 1.0));

        sound->samples[i] += (float)(gain * attack(t) * exp(-t / decay_s) * noise);
    }
}

/* ------------------------------------------------------------------------- beats */

enum { STEPS = 16 };

/* A bar in sixteenths: x is a stroke, o an open hat or a soft stroke. */
static const struct beat {
    const char *kick, *snare, *hat;
} beats[] = {
    {"x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.o."},
    {"x..x..x...x..x..", "....x..o.o..x..o", "xxxxxxxxxxxxxxxx"},
    {"x...x...x...x...", "....x.......x...", "..o...o...o...o."},
    {"x.....x.........", "........x.......", "x...x...x...x..."},
};
enum { BEATS = sizeof beats / sizeof *beats };

static double stroke_gain(struct generator *generator, char mark)
{
    return (mark == 'o' ? 0.4 : 1.0) * generator_between(generator, 0.6, 1.0);
}

/* A stroke may sound until the end of the bar, but for a second at most. */
static void step_fill(const struct sound *bar, struct generator *generator, const struct beat *beat,
                      unsigned step)
{
    const double start_s = step * sound_seconds(bar) / STEPS;
    const struct sound stroke = sound_part(bar, start_s, 1.0);
    const char kick = beat->kick[step], snare = beat->snare[step], hat = beat->hat[step];

    if (kick != '.')
        drum_kick(&stroke, generator, stroke_gain(generator, kick));
    if (snare != '.')
        drum_snare(&stroke, generator, 0.8 * stroke_gain(generator, snare));
    if (hat != '.')
        drum_hat(&stroke, generator, 0.3 * stroke_gain(generator, hat), hat == 'o' ? 0.2 : 0.04);
}

void drum_bar_fill(const struct sound *sound, struct generator *generator, unsigned beat,
                   double level_db)
{
    for (unsigned step = 0; step < STEPS; ++step)
        step_fill(sound, generator, &beats[beat % BEATS], step);
    sound_fade(sound, 0.0, 0.03);
    sound_set_level(sound, level_db);
}

void drum_beats_fill(const struct sound *sound, struct generator *generator)
{
    double at_s = 0.0;

    for (unsigned k = 0; at_s + 0.3 <= sound_seconds(sound); ++k) {
        const struct spread at = spread_point(k);
        const double length_s = 3.0 - 1.6 * at.y; /* 80 to 171 beats a minute */
        const struct sound bar = sound_part(sound, at_s, length_s);

        drum_bar_fill(&bar, generator, k, spread_level_db(at));
        at_s += length_s;
    }
}
