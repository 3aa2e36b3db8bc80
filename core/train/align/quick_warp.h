/** @file
 *  A recording read along a path, in a third of the time that tc_align_resample() takes: good
 *  enough to measure delays, not to hear. */
#ifndef TONECELL_ALIGN_QUICK_WARP_H
#define TONECELL_ALIGN_QUICK_WARP_H

#include "tonecell-align.h"

enum {
    QUICK_TAPS = 32,
    QUICK_MARGIN = QUICK_TAPS, /* zeros that a recording has before and after its frames */
    QUICK_PHASES = 1024
};

/** As struct align_warp, with shorter rows, of which the nearest is taken: up to 0.43 cycles per
 *  frame the error is below -54 dB, as of a delay that is off by 1 / 2048 frame. */
struct align_quick_warp {
    float weight[QUICK_PHASES + 1][QUICK_TAPS];
};

void align_quick_warp_init(struct align_quick_warp *warp);

/** out[i] = the signal at the path's i-th position, 0 beyond either end, for n_out frames.
 *
 *  samples  [n_frames] with QUICK_MARGIN zeros before and after them
 *
 *  Uses all threads that OpenMP has. */
void align_quick_read(const struct align_quick_warp *warp, const float *samples, size_t n_frames,
                      const struct tc_align_path *path, float *out, size_t n_out);

#endif
