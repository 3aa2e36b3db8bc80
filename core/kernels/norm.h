/** @file
 *  Layer normalisation in vectors: one source for every instruction set, for steps.h. Needs a
 *  vector_...h first. */
#ifndef TC_KERNELS_NORM_H
#define TC_KERNELS_NORM_H

#include "cells/norm.h"
#include "kernels/kernels.h"

#include <math.h>

/* From W - n on, n ones for what counts of a vector, and zeros. */
static const float ones_and_zeros[2 * W] = {[0 ... W - 1] = 1.0f};

/* As tc_norm_apply() does it. Only the last vector has padding, which may be NaN. */
static void norm(const struct tc_norm_run *run)
{
    const size_t last = run->units - W;
    const vf counts = v_load(ones_and_zeros + (run->units - run->hidden));
    const float share = 1.0f / (float)run->hidden;

    for (size_t r = 0; r < run->n; ++r) {
        const float *const s = run->s + r * run->units;
        float *const o = run->o + r * run->units;
        vf sum = v_where_positive(v_load(s + last), counts), mean, rest, squares, factor;

        for (size_t i = 0; i < last; i += W)
            sum = v_add(sum, v_load(s + i));
        mean = v_set(share * v_sum(sum));
        rest = v_where_positive(v_sub(v_load(s + last), mean), counts);
        squares = v_mul(rest, rest);
        for (size_t i = 0; i < last; i += W) {
            const vf d = v_sub(v_load(s + i), mean);

            squares = v_fma(d, d, squares);
        }
        factor = v_set(1.0f / sqrtf(share * v_sum(squares) + (float)TC_NORM_EPSILON));
        for (size_t i = 0; i < last; i += W)
            v_store(o + i, v_fma(v_mul(v_sub(v_load(s + i), mean), factor), v_load(run->gain + i),
                                 v_load(run->bias + i)));
        v_store(o + last,
                v_fma(v_mul(rest, factor), v_load(run->gain + last), v_load(run->bias + last)));
    }
}

#endif
