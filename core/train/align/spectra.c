#include "train/align/spectra.h"

#include <math.h>

/* Added to the power, relative to its mean: bins far below it hold rounding noise. */
static const double floor_power = 1e-8;

bool align_transform_init(struct align_transform *transform, size_t min_size)
{
    const size_t size = (size_t)kiss_fftr_next_fast_size_real((int)min_size);

    transform->size = size;
    transform->bins = size / 2 + 1;
    transform->forward = kiss_fftr_alloc((int)size, 0, NULL, NULL);
    transform->inverse = kiss_fftr_alloc((int)size, 1, NULL, NULL);
    return transform->forward != NULL && transform->inverse != NULL;
}

void align_transform_done(struct align_transform *transform)
{
    kiss_fftr_free(transform->forward);
    kiss_fftr_free(transform->inverse);
}

static double square(kiss_fft_cpx v)
{
    return (double)v.r * (double)v.r + (double)v.i * (double)v.i;
}

void align_smooth_power(const kiss_fft_cpx *spectrum, size_t bins, size_t half, double *power)
{
    double sum = 0.0;
    size_t first = 0, last = 0; /* the bins summed, last excluded */

    for (size_t i = 0; i < bins; ++i) {
        for (; last < bins && last <= i + half; ++last)
            sum += square(spectrum[last]);
        for (; first + half < i; ++first)
            sum -= square(spectrum[first]);
        power[i] = fmax(sum, 0.0) / (double)(last - first);
    }
}

void align_whiten(kiss_fft_cpx *spectrum, size_t bins, size_t half, double *power)
{
    double mean = 0.0;

    align_smooth_power(spectrum, bins, half, power);
    for (size_t i = 0; i < bins; ++i)
        mean += power[i] / (double)bins;
    for (size_t i = 0; i < bins; ++i) {
        const float scale = mean > 0.0 ? (float)(1.0 / sqrt(power[i] + floor_power * mean)) : 0.0f;

        spectrum[i].r *= scale;
        spectrum[i].i *= scale;
    }
}

void align_hann(float *window, size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        const double phase = ((double)i + 0.5) / (double)n;

        window[i] = 0.5f - 0.5f * (float)cos(2.0 * 3.14159265358979324 * phase);
    }
}
