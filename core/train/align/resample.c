#include "tonecell-train.h"

#include "train/align/warp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond either end of the signal are zeros. */
static float sample_at(const struct align_warp *warp, const float *samples, size_t n_frames,
                       double position)
{
    const double first = floor(position) - WARP_BEFORE;
    float around[WARP_TAPS] = {0};

    if (first >= 0.0 && first + WARP_TAPS <= (double)n_frames)
        return align_warp_at(warp, samples + (size_t)first, position - floor(position));
    for (int k = 0; k < WARP_TAPS; ++k) {
        const double at = first + k;

        if (at >= 0.0 && at < (double)n_frames)
            around[k] = samples[(size_t)at];
    }
    return align_warp_at(warp, around, position - floor(position));
}

enum tc_status tc_align_resample(const float *samples, size_t n_frames, double first, double step,
                                 float *out, size_t n_out, struct tc_error *error)
{
    struct align_warp *const warp = malloc(sizeof *warp);

    if (warp == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to resample %zu frames", n_out);
    align_warp_init(warp);
    for (size_t i = 0; i < n_out; ++i)
        out[i] = sample_at(warp, samples, n_frames, first + step * (double)i);
    free(warp);
    return TC_OK;
}
