#include "measurement/goertzel.h"

#include <math.h>

static const double TURN = 2.0 * 3.14159265358979324;

void hann_fill(float *window, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        window[i] = (float)(0.5 - 0.5 * cos(TURN * (double)i / (double)n));
}

double goertzel_power(const float *samples, const float *window, size_t n, double turns)
{
    const double twice_cos = 2.0 * cos(TURN * turns), half = 0.5 * (double)n;
    double s1 = 0.0, s2 = 0.0;

    for (size_t i = 0; i < n; ++i) {
        const double s = (double)(window[i] * samples[i]) + twice_cos * s1 - s2;

        s2 = s1;
        s1 = s;
    }
    return 2.0 * (s1 * s1 + s2 * s2 - twice_cos * s1 * s2) / (half * half);
}
