/** @file
 *  Layer normalisation of a recurrent layer's output, for streams and for training. */
#ifndef TC_LAYER_NORM_H
#define TC_LAYER_NORM_H

#include "tonecell.h"

#include <stddef.h>

#define TC_NORM_EPSILON 1e-5

/** Standardise the n values of s, from 2:
 *
 *      x = (s - m) / d,      m = mean of s,      d = sqrt(mean of (s - m)^2 + 1e-5)
 *
 *  x may be s. Returns 1 / d. Values that are so large that their squares overflow give 0; those
 *  whose sum does, NaN and infinity give NaN in all of x. Real-time safe.
 *
 *  From: Ba, Kiros & Hinton 2016; 1e-5 as torch.nn.LayerNorm. */
float tc_norm_standardise(float *x, const float *s, size_t n) TC_REALTIME;

/** o = gain x + bias of the standardised s; o may be s. Real-time safe. */
void tc_norm_apply(float *o, const float *s, const float *gain, const float *bias,
                   size_t n) TC_REALTIME;

/** Mean of a_i b_i, n from 1. Real-time safe. */
float tc_norm_mean_product(const float *a, const float *b, size_t n) TC_REALTIME;

#endif
