#include "measurement/spectrum.h"

#include "measurement/goertzel.h"

#include <math.h>
#include <stdlib.h>

enum { SEGMENTS = 64 };

static const double segment_s = 0.05, lowest_hz = 20.0, highest_turns = 0.49;

void spectrum_frequencies(double rate_hz, double hz[SPECTRUM_BANDS])
{
    for (size_t i = 0; i < SPECTRUM_BANDS; ++i)
        hz[i] =
            lowest_hz * pow(highest_turns * rate_hz / lowest_hz, (double)i / (SPECTRUM_BANDS - 1));
}

static double power_at(const float *samples, size_t n_frames, const float *window, size_t length,
                       double turns)
{
    const size_t most = n_frames / length, n = most < SEGMENTS ? most : SEGMENTS;
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += goertzel_power(samples + i * ((n_frames - length) / n), window, length, turns);
    return n > 0 ? sum / (double)n : 0.0;
}

enum tc_status spectrum_measure(const float *samples, size_t n_frames, double rate_hz,
                                const double hz[SPECTRUM_BANDS], double power[SPECTRUM_BANDS],
                                struct tc_error *error)
{
    const size_t length = (size_t)(segment_s * rate_hz) + 1;
    float *const window = calloc(length, sizeof *window);

    if (window == NULL)
        return tc_fail(error, TC_NO_MEMORY, "out of memory for a spectrum");
    hann_fill(window, length);
    for (size_t i = 0; i < SPECTRUM_BANDS; ++i)
        power[i] = power_at(samples, n_frames, window, length, hz[i] / rate_hz);
    free(window);
    return TC_OK;
}
