/** @file
 *  A sum of products in vectors, for the player's filters: one source for every instruction set.
 *  Needs a vector_...h first.
 *
 *      sum_i w[i] x[i]       two vectors of sums, so that an addition does not wait for the last */
#ifndef TC_KERNELS_WEIGHTED_SUM_H
#define TC_KERNELS_WEIGHTED_SUM_H

#include "kernels/inline.h"

#include <stddef.h>

static float weighted_sum(const float *w, const float *x, size_t n)
{
    vf even = v_set(0.0f), odd = v_set(0.0f);
    size_t i = 0;

    for (; i + 2 * V_WIDTH <= n; i += 2 * V_WIDTH) {
        even = v_fma(v_load(w + i), v_load(x + i), even);
        odd = v_fma(v_load(w + i + V_WIDTH), v_load(x + i + V_WIDTH), odd);
    }
    if (i < n)
        even = v_fma(v_load(w + i), v_load(x + i), even);
    return v_sum(v_add(even, odd));
}

#endif
