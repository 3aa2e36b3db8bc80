#include "cells/output_activation.h"

#include "finite.h"

#include <float.h>
#include <math.h>

static void logistic(float *v, size_t n)
{
    for (size_t t = 0; t < n; ++t)
        v[t] = fabsf(v[t]) <= FLT_MAX ? 1.0f / (1.0f + expf(-v[t])) : 0.0f;
}

/* A sum that is infinite or NaN makes the frame's total NaN. */
static void softmax(float *const *v, size_t outputs, size_t t)
{
    float max = v[0][t], total = 0.0f;

    for (size_t o = 1; o < outputs; ++o)
        max = fmaxf(max, v[o][t]);
    for (size_t o = 0; o < outputs; ++o) {
        v[o][t] = expf(v[o][t] - max);
        total += v[o][t];
    }
    for (size_t o = 0; o < outputs; ++o)
        v[o][t] = tc_finite_or_zero(v[o][t] / total);
}

void tc_readout_apply(enum tc_readout readout, float *const *v, size_t outputs, size_t start,
                      size_t n_frames)
{
    switch (readout) {
    case TC_READOUT_LINEAR:
        break;
    case TC_READOUT_LOGISTIC:
        for (size_t o = 0; o < outputs; ++o)
            logistic(v[o] + start, n_frames);
        break;
    case TC_READOUT_SOFTMAX:
        for (size_t t = start; t < start + n_frames; ++t)
            softmax(v, outputs, t);
        break;
    }
}
