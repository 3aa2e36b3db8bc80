/** @file
 *  Layer normalisation, backward (forward: cells/layer_norm.h). */
#ifndef TC_LAYER_NORM_BACKWARD_H
#define TC_LAYER_NORM_BACKWARD_H

#include <stddef.h>

/** Backward of o = gain x + bias, x the standardised s (tc_norm_apply()), of n values:
 *
 *      dL/dgain += d x,   dL/dbias += d                      d = dL/do, unit by unit
 *      dL/ds = (e - mean of e - x mean of (e x)) / deviation      e = gain d
 *
 *  d  in: dL/do, out: dL/ds       gain_gradient, bias_gradient: added to
 *
 *  From: the chain rule on Ba, Kiros & Hinton 2016. */
void tc_layer_norm_backward(float *d, const float *s, const float *gain, float *gain_gradient,
                            float *bias_gradient, size_t n);

#endif
