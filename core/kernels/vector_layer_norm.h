/** @file
 *  Layer normalisation in vectors: one source for every instruction set, for layer_forward.h. Needs
 *  a vector_...h first. Rows lie as layer_forward.h shows: the units of a frame and channel, padded
 *  to vectors. */
#ifndef TC_VECTOR_LAYER_NORM_H
#define TC_VECTOR_LAYER_NORM_H

#include "cells/layer_norm.h"
#include "kernels/kernels.h"

#include <math.h>

/* From V_WIDTH - n on: n ones, then zeros. */
static const float ones_and_zeros[2 * V_WIDTH] = {[0 ... V_WIDTH - 1] = 1.0f};

/* As tc_norm_apply() does it. Only the last vector has padding, which may be NaN. */
static void norm(const struct tc_norm_args *args)
{
    const size_t last = args->units - V_WIDTH;
    const vf is_unit = v_load(ones_and_zeros + (args->units - args->hidden));
    const float scale = 1.0f / (float)args->hidden;

    for (size_t r = 0; r < args->n; ++r) {
        const float *const s = args->s + r * args->units;
        float *const o = args->o + r * args->units;
        vf sum = v_where_positive(v_load(s + last), is_unit), mean, tail, squares, factor;

        for (size_t i = 0; i < last; i += V_WIDTH)
            sum = v_add(sum, v_load(s + i));
        mean = v_set(scale * v_sum(sum));
        tail = v_where_positive(v_sub(v_load(s + last), mean), is_unit);
        squares = v_mul(tail, tail);
        for (size_t i = 0; i < last; i += V_WIDTH) {
            const vf d = v_sub(v_load(s + i), mean);

            squares = v_fma(d, d, squares);
        }
        factor = v_set(1.0f / sqrtf(scale * v_sum(squares) + (float)TC_NORM_EPSILON));
        for (size_t i = 0; i < last; i += V_WIDTH)
            v_store(o + i, v_fma(v_mul(v_sub(v_load(s + i), mean), factor), v_load(args->gain + i),
                                 v_load(args->bias + i)));
        v_store(o + last,
                v_fma(v_mul(tail, factor), v_load(args->gain + last), v_load(args->bias + last)));
    }
}

#endif
