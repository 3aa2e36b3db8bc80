/** @file
 *  The readout in vectors: one source for every instruction set, for layer_forward.h. Needs a
 *  vector_...h first.
 *
 *      w    | w0 w1 ... | padding |     a row of the readout's matrix, units padded to vectors
 *      h    | h0 h1 ... | padding |     of frame 0, that of frame 1 `pitch` floats later, ... */
#ifndef TC_VECTOR_READOUT_H
#define TC_VECTOR_READOUT_H

#include "kernels/inline.h"

#include <stddef.h>
#include <string.h>

/* V_WIDTH frames at once: their vectors of products are added up together in fewer steps than one
 * by one. Where there are fewer frames, the first is read in place of the others. */
INLINE vf read_out(const float *w, const float *h, size_t pitch, float b, size_t n, size_t frames)
{
    vf sum[V_WIDTH];

    UNROLL for (unsigned t = 0; t < V_WIDTH; ++t) sum[t] = v_set(0.0f);
    for (size_t i = 0; i < n; i += V_WIDTH) {
        const vf weights = v_load(w + i);

        UNROLL for (unsigned t = 0; t < V_WIDTH; ++t) sum[t] =
            v_fma(weights, v_load(h + (t < frames ? t : 0) * pitch + i), sum[t]);
    }
    return v_add(v_sums(sum), v_set(b));
}

static void readout(float *y, const float *w, const float *h, size_t pitch, float b, size_t n,
                    size_t n_frames)
{
    float last[V_WIDTH];
    size_t t = 0;

    for (; t + V_WIDTH <= n_frames; t += V_WIDTH)
        v_store(y + t, read_out(w, h + t * pitch, pitch, b, n, V_WIDTH));
    if (t == n_frames)
        return;
    v_store(last, read_out(w, h + t * pitch, pitch, b, n, n_frames - t));
    memcpy(y + t, last, (n_frames - t) * sizeof *y);
}

#endif
