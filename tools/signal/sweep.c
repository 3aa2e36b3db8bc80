#include "signal/sweep.h"

#include <math.h>

/* A fade takes a period of the lowest frequency, and twenty of the highest. */
static const double FADE_OUT_S = 0.001;

double sweep_top_hz(double rate_hz)
{
    return fmin(20000.0, 0.475 * rate_hz);
}

void sweep_fill(const struct sound *sound, double from_hz, double to_hz, double level_db)
{
    const double length = (double)sound->n_frames, gain = sound_gain(level_db);
    const double octaves = log(to_hz / from_hz); /* natural ones */
    const double turns = from_hz * sound_seconds(sound) / octaves;

    for (size_t i = 0; i < sound->n_frames; ++i) {
        const double phase = turns * (exp((double)i / length * octaves) - 1.0);

        sound->samples[i] = (float)(gain * sin(2.0 * 3.14159265358979324 * (phase - floor(phase))));
    }
    sound_fade(sound, 1.0 / from_hz, FADE_OUT_S);
}
