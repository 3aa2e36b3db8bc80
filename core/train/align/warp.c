#include "train/align/warp.h"

#include <math.h>

static const double PI = 3.14159265358979324, ATTENUATION_DB = 100.0;

/* The modified Bessel function of order 0: sum ((v / 2)^k / k!)^2 */
static double bessel_i0(double v)
{
    const double square = v * v / 4.0;
    double sum = 1.0, term = 1.0;

    for (double k = 1.0; term > 1e-17 * sum; ++k) {
        term *= square / (k * k);
        sum += term;
    }
    return sum;
}

static double windowed_sinc(double t)
{
    const double beta = 0.1102 * (ATTENUATION_DB - 8.7), half = WARP_TAPS / 2;
    const double sinc = t == 0.0 ? 1.0 : sin(PI * t) / (PI * t);

    return fabs(t) < half ? sinc * bessel_i0(beta * sqrt(1.0 - t * t / (half * half))) : 0.0;
}

/* The weights of a row have a sum of 1: a constant stays as it is. */
void align_warp_init(struct align_warp *warp)
{
    for (unsigned p = 0; p <= WARP_PHASES; ++p) {
        double row[WARP_TAPS], sum = 0.0;

        for (int k = 0; k < WARP_TAPS; ++k) {
            row[k] = windowed_sinc((double)p / WARP_PHASES - (k - WARP_BEFORE));
            sum += row[k];
        }
        for (int k = 0; k < WARP_TAPS; ++k)
            warp->weight[p][k] = (float)(row[k] / sum);
    }
}

float align_warp_at(const struct align_warp *warp, const float *around, double position)
{
    const size_t whole = (size_t)position;
    const double phase = (position - (double)whole) * WARP_PHASES;
    const unsigned p = (unsigned)phase;
    const float f = (float)(phase - p);
    const float *const a = warp->weight[p], *const b = warp->weight[p + (p < WARP_PHASES)];
    float sum[8] = {0}, all = 0.0f;

    for (unsigned k = 0; k < WARP_TAPS; k += 8)
        for (unsigned i = 0; i < 8; ++i)
            sum[i] += (a[k + i] + f * (b[k + i] - a[k + i])) * around[whole + k + i];
    for (unsigned i = 0; i < 8; ++i)
        all += sum[i];
    return all;
}
