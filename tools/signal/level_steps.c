#include "signal/level_steps.h"

#include "signal/true_peak.h"

#include <math.h>

void tone_fill(const struct sound *sound, double frequency_hz)
{
    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double turns = frequency_hz * (double)i / sound->rate_hz;

        sound->samples[i] = (float)sin(2.0 * 3.14159265358979324 * (turns - floor(turns)));
    }
}

void noise_fill_below(const struct sound *sound, struct generator *generator, double cutoff_hz)
{
    for (size_t i = 0; i < sound->n_frames; ++i)
        sound->samples[i] = (float)generator_between(generator, -1.0, 1.0);
    sound_low_pass(sound, cutoff_hz);
    sound_set_level(sound, 0.0);
}

/* The gain goes from one level to the next as half a period of a cosine. */
static void step_apply(const struct sound *sound, double from, double to, double transition_s)
{
    const double frames = transition_s * sound->rate_hz;

    for (size_t i = 0; i < sound->n_frames; ++i)
        sound->samples[i] *= (float)(from + (to - from) * sound_ramp((double)i / frames));
}

void level_steps_apply(const struct sound *sound, const struct level_step *steps, size_t n,
                       double transition_s)
{
    double gain = 0.0, at_s = 0.0;

    for (size_t k = 0; k < n; ++k) {
        const double next = sound_gain(steps[k].level_db);
        const double length_s = k + 1 < n ? steps[k].seconds : sound_seconds(sound);
        const struct sound part = sound_part(sound, at_s, length_s);

        step_apply(&part, gain, next, transition_s);
        gain = next;
        at_s += length_s;
    }
    sound_fade(sound, 0.0, transition_s);
}

void level_glide_apply(const struct sound *sound, double from_db)
{
    const double length = (double)sound->n_frames;

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double rise = 1.0 - fabs(2.0 * (double)i / length - 1.0);

        sound->samples[i] *= (float)sound_gain(from_db + (SOUND_LOUDEST_DB - from_db) * rise);
    }
    sound_fade(sound, 0.005, 0.005);
}
