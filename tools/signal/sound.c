#include "signal/sound.h"

#include "signal/true_peak.h"

#include <math.h>

double sound_seconds(const struct sound *sound)
{
    return (double)sound->n_frames / sound->rate_hz;
}

struct sound sound_part(const struct sound *whole, double start_s, double length_s)
{
    const double end = (double)whole->n_frames;
    const size_t start = (size_t)fmin(fmax(floor(start_s * whole->rate_hz), 0.0), end);
    const size_t stop = (size_t)fmin(fmax(floor((start_s + length_s) * whole->rate_hz), 0.0), end);

    return (struct sound){whole->samples + start, stop > start ? stop - start : 0, whole->rate_hz};
}

double generator_between(struct generator *generator, double low, double high)
{
    return low + (high - low) * tc_random_uniform(&generator->random);
}

double sound_gain(double level_db)
{
    return pow(10.0, level_db / 20.0);
}

double sound_ramp(double t)
{
    return 0.5 - 0.5 * cos(3.14159265358979324 * fmin(fmax(t, 0.0), 1.0));
}

void sound_fade(const struct sound *sound, double in_s, double out_s)
{
    const size_t n = sound->n_frames;
    const double quarter = 0.25 * (double)n;
    const double in = fmin(in_s * sound->rate_hz, quarter);
    const double out = fmin(out_s * sound->rate_hz, quarter);

    for (size_t i = 0; (double)i < in; ++i)
        sound->samples[i] *= (float)sound_ramp((double)i / in);
    for (size_t i = 0; (double)i < out; ++i)
        sound->samples[n - 1 - i] *= (float)sound_ramp((double)i / out);
}

void sound_set_level(const struct sound *sound, double level_db)
{
    const double peak = (double)true_peak(sound->samples, sound->n_frames, sound->rate_hz);
    const float gain = peak > 0.0 ? (float)(sound_gain(level_db) / peak) : 0.0f;

    for (size_t i = 0; i < sound->n_frames; ++i)
        sound->samples[i] *= gain;
}

void sound_low_pass(const struct sound *sound, double cutoff_hz)
{
    const double c = 1.0 - exp(-2.0 * 3.14159265358979324 * cutoff_hz / sound->rate_hz);
    double first = 0.0, second = 0.0;

    for (size_t i = 0; i < sound->n_frames; ++i) {
        first += c * ((double)sound->samples[i] - first);
        second += c * (first - second);
        sound->samples[i] = (float)second;
    }
}
