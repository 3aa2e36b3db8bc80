#include "signal/true_peak.h"

#include "windowed_sinc.h"

#include <math.h>

/* Taps on either side of a point between two samples, and points that are computed at a time. */
enum { HALF = 16, BLOCK = 512 };
static const double STOP_BAND_DB = 70.0;

/* h[k] = sinc(d) w(d / HALF),  d = k - (HALF - 1) - fraction */
static void make_filter(float h[2 * HALF], double fraction)
{
    for (int k = 0; k < 2 * HALF; ++k) {
        const double d = k - (HALF - 1) - fraction;

        h[k] =
            (float)(tc_sinc(d) * tc_kaiser(d / HALF, STOP_BAND_DB) / tc_kaiser(0.0, STOP_BAND_DB));
    }
}

/* The largest of n points y[i] = sum h[k] x[at + i + k - (HALF - 1)], samples outside being 0. */
static float block_peak(const float *x, size_t n_frames, size_t at, size_t n,
                        const float h[2 * HALF])
{
    float y[BLOCK] = {0.0f}, peak = 0.0f;

    for (size_t k = 0; k < 2 * HALF; ++k) {
        const size_t skip = at + k < HALF - 1 ? HALF - 1 - (at + k) : 0;
        const size_t first = at + skip + k - (HALF - 1); /* index in x that belongs to y[skip] */
        const size_t stop = n_frames - first < n - skip ? skip + n_frames - first : n;

        if (first >= n_frames || skip >= n)
            continue;
        for (size_t i = skip; i < stop; ++i)
            y[i] += h[k] * x[first + i - skip];
    }
    for (size_t i = 0; i < n; ++i)
        peak = fmaxf(peak, fabsf(y[i]));
    return peak;
}

float true_peak(const float *samples, size_t n_frames, double rate_hz)
{
    const int factor = rate_hz < 96000.0 ? 4 : 2;
    float h[2 * HALF], peak = 0.0f;

    for (size_t i = 0; i < n_frames; ++i)
        peak = fmaxf(peak, fabsf(samples[i]));
    for (int phase = 1; phase < factor; ++phase) {
        make_filter(h, (double)phase / factor);
        for (size_t at = 0; at < n_frames; at += BLOCK) {
            const size_t n = n_frames - at < BLOCK ? n_frames - at : BLOCK;

            peak = fmaxf(peak, block_peak(samples, n_frames, at, n, h));
        }
    }
    return peak;
}
