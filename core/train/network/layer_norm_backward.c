#include "train/network/layer_norm_backward.h"

#include "cells/layer_norm.h"

void tc_layer_norm_backward(float *d, const float *s, const float *gain, float *gain_gradient,
                            float *bias_gradient, size_t n)
{
    const float mean = tc_norm_mean_product(gain, d, n);
    float x[TC_MAX_UNITS], factor, projection;

    factor = tc_norm_standardise(x, s, n);
    for (size_t i = 0; i < n; ++i) {
        bias_gradient[i] += d[i];
        gain_gradient[i] += d[i] * x[i];
        d[i] *= gain[i];
    }
    projection = tc_norm_mean_product(d, x, n);
    for (size_t i = 0; i < n; ++i)
        d[i] = factor * (d[i] - mean - x[i] * projection);
}
