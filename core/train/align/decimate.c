#include "train/align/decimate.h"

#include <math.h>

/* A sinc under a Hann window, so many times the factor long: below half of the new rate's Nyquist
 * frequency nothing of the rest is left that would matter. */
enum { LENGTH_PER_FACTOR = 8, BLOCK = 64 };

static const double PI = 3.14159265358979324;

static void fill_taps(float *tap, size_t n, size_t factor)
{
    for (size_t k = 0; k < n; ++k) {
        const double t = (double)k - (double)(n - 1) / 2.0;
        const double sinc =
            t == 0.0 ? 1.0 : sin(PI * t / (double)factor) / (PI * t / (double)factor);

        tap[k] = (float)(sinc * (0.5 + 0.5 * cos(2.0 * PI * t / (double)(n + 1))) / (double)factor);
    }
}

/* Eight sums side by side, which is a vector's work. */
static float weighted_sum(const float *tap, const float *sample, size_t n)
{
    float sum[8] = {0}, rest = 0.0f;
    size_t k = 0;

    for (; k + 8 <= n; k += 8)
        for (unsigned i = 0; i < 8; ++i)
            sum[i] += tap[k + i] * sample[k + i];
    for (; k < n; ++k)
        rest += tap[k] * sample[k];
    for (unsigned i = 0; i < 8; ++i)
        rest += sum[i];
    return rest;
}

void align_decimate(const struct align_signal *signal, size_t factor, float *out)
{
    const size_t n = align_decimated_frames(signal, factor);
    const size_t taps = LENGTH_PER_FACTOR * factor + 1;
    float tap[LENGTH_PER_FACTOR * MAX_DECIMATION + 1];
    float around[(LENGTH_PER_FACTOR + BLOCK) * MAX_DECIMATION + 1];

    if (factor == 1) {
        align_read(signal, 0, n, out);
        return;
    }
    fill_taps(tap, taps, factor);
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t size = n - start < BLOCK ? n - start : BLOCK;

        align_read(signal, (long)(start * factor) - (long)(taps / 2), taps + (size - 1) * factor,
                   around);
        for (size_t i = 0; i < size; ++i)
            out[start + i] = weighted_sum(tap, around + i * factor, taps);
    }
}
