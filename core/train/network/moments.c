#include "train/network/moments.h"

void tc_moments_add(double *moments, size_t inputs, const float *x)
{
    double *const first = moments + 1, *second = first + inputs;

    moments[0] += 1.0;
    for (size_t i = 0; i < inputs; ++i, second += inputs) {
        first[i] += (double)x[i];
        for (size_t j = 0; j < inputs; ++j)
            second[j] += (double)x[i] * (double)x[j];
    }
}
