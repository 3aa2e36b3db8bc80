#include "train/align/quick_warp.h"

#include "train/align/path.h"
#include "train/align/warp.h"

static const double ATTENUATION_DB = 60.0;

/* Frames that a thread takes at a time; taps before the whole frame of a position. */
enum { BLOCK = 2048, BEFORE = QUICK_TAPS / 2 - 1 };

void align_quick_warp_init(struct align_quick_warp *warp)
{
    for (unsigned p = 0; p <= QUICK_PHASES; ++p)
        align_warp_row((double)p / QUICK_PHASES, QUICK_TAPS, ATTENUATION_DB, warp->weight[p]);
}

static float weighted_sum(const float *weight, const float *samples)
{
    float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
    for (unsigned k = 0; k < QUICK_TAPS; ++k)
        sum += weight[k] * samples[k];
    return sum;
}

/* Beyond the ends all is as it is at BEFORE + 1 frames from them, which is zero. */
static void read_block(const struct align_quick_warp *warp, const float *samples, size_t n_frames,
                       const struct tc_align_path *path, size_t first, size_t n, float *out)
{
    const double start = -(double)QUICK_TAPS / 2.0 - 1.0;
    const double end = (double)n_frames + (double)QUICK_TAPS / 2.0 - 1.0;
    double position[BLOCK];

    align_path_positions(path, first, n, position);
    for (size_t i = 0; i < n; ++i) {
        const double above = position[i] > start ? position[i] : start;
        const double at = above < end ? above : end, whole = align_whole_part(at);
        const unsigned phase = (unsigned)((at - whole) * QUICK_PHASES + 0.5);

        out[i] = weighted_sum(warp->weight[phase], samples + (long)whole - BEFORE);
    }
}

void align_quick_read(const struct align_quick_warp *warp, const float *samples, size_t n_frames,
                      const struct tc_align_path *path, float *out, size_t n_out)
{
#pragma omp parallel for schedule(static)
    for (size_t start = 0; start < n_out; start += BLOCK)
        read_block(warp, samples, n_frames, path, start,
                   n_out - start < BLOCK ? n_out - start : BLOCK, out + start);
}
