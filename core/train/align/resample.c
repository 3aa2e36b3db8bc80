#include "tonecell-align.h"

#include "train/align/path.h"
#include "train/align/warp.h"

#include <stdlib.h>
#include <string.h>

/* Frames that a thread takes at a time. */
enum { BLOCK = 2048 };

/* Beyond either end of the signal are zeros. */
static float sample_at(const struct align_warp *warp, const float *samples, size_t n_frames,
                       double position)
{
    const double whole = align_whole_part(position), first = whole - WARP_BEFORE;
    float around[WARP_TAPS];

    if (first >= 0.0 && first + WARP_TAPS <= (double)n_frames)
        return align_warp_at(warp, samples + (size_t)first, position - whole);
    memset(around, 0, sizeof around);
    for (int k = 0; k < WARP_TAPS; ++k) {
        const double at = first + k;

        if (at >= 0.0 && at < (double)n_frames)
            around[k] = samples[(size_t)at];
    }
    return align_warp_at(warp, around, position - whole);
}

static void resample_block(const struct align_warp *warp, const float *samples, size_t n_frames,
                           const struct tc_align_path *path, size_t first, size_t n, float *out)
{
    double position[BLOCK];

    align_path_positions(path, first, n, position);
    for (size_t i = 0; i < n; ++i)
        out[i] = sample_at(warp, samples, n_frames, position[i]);
}

enum tc_status tc_align_resample(const float *samples, size_t n_frames,
                                 const struct tc_align_path *path, float *out, size_t n_out,
                                 struct tc_error *error)
{
    struct align_warp *const warp = malloc(sizeof *warp);

    if (warp == NULL)
        return tc_fail(error, TC_NO_MEMORY, "no memory to resample %zu frames", n_out);
    align_warp_init(warp);
#pragma omp parallel for schedule(static)
    for (size_t start = 0; start < n_out; start += BLOCK)
        resample_block(warp, samples, n_frames, path, start,
                       n_out - start < BLOCK ? n_out - start : BLOCK, out + start);
    free(warp);
    return TC_OK;
}
