#include "train/align/warp.h"

#include "windowed_sinc.h"

static const double ATTENUATION_DB = 100.0;

/* The weights have a sum of 1: a constant stays as it is. */
void align_warp_row(double fraction, int taps, double attenuation_db, float *row)
{
    double weight[WARP_TAPS], sum = 0.0;

    for (int k = 0; k < taps; ++k) {
        const double t = fraction - (k - (taps / 2 - 1));

        weight[k] = tc_sinc(t) * tc_kaiser(t / (taps / 2), attenuation_db);
        sum += weight[k];
    }
    for (int k = 0; k < taps; ++k)
        row[k] = (float)(weight[k] / sum);
}

void align_warp_init(struct align_warp *warp)
{
    for (unsigned p = 0; p <= WARP_PHASES; ++p)
        align_warp_row((double)p / WARP_PHASES, WARP_TAPS, ATTENUATION_DB, warp->weight[p]);
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
