#include "data/silence.h"

#include <math.h>

/* -80 dB; full scale is 1. */
static const float silence = 1e-4f;

struct signal_range signal_range(const float *samples, size_t n)
{
    struct signal_range range = {samples[0], samples[0]};

    for (size_t i = 1; i < n; ++i) {
        range.low = fminf(range.low, samples[i]);
        range.high = fmaxf(range.high, samples[i]);
    }
    return range;
}

float signal_peak(const float *samples, size_t n)
{
    float peak = 0.0f;

    for (size_t i = 0; i < n; ++i)
        peak = fmaxf(peak, fabsf(samples[i]));
    return peak;
}

bool signal_is_constant(struct signal_range range)
{
    return !(range.high - range.low > silence);
}

const char *signal_constant_words(struct signal_range range)
{
    return fabsf(range.low) < silence ? "silent" : "constant";
}
