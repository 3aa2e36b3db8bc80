#include "tonecell-train.h"
#include "train/data/frame_runs.h"

/* sum (t - d x)^2 = sum t^2 - 2 d sum x t + d^2 sum x^2, compared for d = 1, -1 and 0 */
float tc_direct_path(const struct tc_clip *clips, size_t n_clips, size_t warmup)
{
    double product = 0.0, energy = 0.0;

    for (size_t c = 0; c < n_clips; ++c)
        for (struct tc_frame_run run = {.stop = warmup};
             tc_next_frame_run(clips[c].ignored, clips[c].n_frames, &run);)
            for (size_t t = run.start; t < run.stop; ++t) {
                const double x = clips[c].input[0][t];

                product += x * clips[c].target[0][t];
                energy += x * x;
            }
    if (2.0 * product > energy)
        return 1.0f;
    return -2.0 * product > energy ? -1.0f : 0.0f;
}
