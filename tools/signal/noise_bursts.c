#include "signal/noise_bursts.h"

#include "signal/level_steps.h"
#include "signal/spread.h"

#include <math.h>

static const double SHORTEST_S = 0.02, LONGEST_S = 0.6;

static void burst_fill(const struct sound *burst, struct generator *generator, struct spread at,
                       bool dies_away)
{
    const double length = (double)burst->n_frames;

    noise_fill_below(burst, generator, fmin(200.0 * pow(80.0, at.y), 0.4 * burst->rate_hz));
    for (size_t i = 0; dies_away && i < burst->n_frames; ++i)
        burst->samples[i] *= (float)exp(-5.0 * (double)i / length);
    sound_fade(burst, 0.002, 0.005);
    sound_set_level(burst, spread_level_db(at));
}

void noise_bursts_fill(const struct sound *sound, struct generator *generator)
{
    double at_s = 0.0;

    for (unsigned k = 0; at_s + SHORTEST_S <= sound_seconds(sound); ++k) {
        const double longer = tc_random_uniform(&generator->random);
        const double length_s = SHORTEST_S * pow(LONGEST_S / SHORTEST_S, longer);
        const struct sound burst = sound_part(sound, at_s, length_s);

        burst_fill(&burst, generator, spread_point(k), k % 2 == 1);
        at_s += length_s + generator_between(generator, 0.0, 0.2);
    }
}
