#include "train/measure/cross_entropy.h"

#include <float.h>
#include <math.h>

double tc_cross_entropy(enum tc_readout readout, unsigned outputs, const float *const *target,
                        const float *const *y, size_t start, size_t n)
{
    double sum = 0.0;

    for (unsigned o = 0; o < outputs; ++o)
        for (size_t i = start; i < start + n; ++i) {
            const double t = target[o][i], p = y[o][i];

            if (t > 0.0)
                sum -= t * log(fmax(p, (double)FLT_MIN));
            if (readout == TC_READOUT_LOGISTIC && t < 1.0)
                sum -= (1.0 - t) * log(fmax(1.0 - p, 0x1p-25));
        }
    return sum;
}
