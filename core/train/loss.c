#include "train/loss.h"

double tc_loss_lane(struct tc_shard *shard, unsigned lane, unsigned outputs,
                    const float *const *target, float target_gain, struct tc_loss_range range,
                    unsigned n_frames, double scale)
{
    const size_t pitch = tc_shard_pitch(shard);
    const double n = range.end > range.first ? range.end - range.first : 0;
    double loss = 0.0;

    for (unsigned o = 0; o < outputs; ++o) {
        const size_t at = o * pitch + lane;
        double energy = 0.0, sum = 0.0;
        float mean;

        for (unsigned t = 0; t < n_frames; ++t)
            tc_shard_output_gradient(shard, t)[at] = 0.0f;
        if (n == 0.0)
            continue;
        for (unsigned t = range.first; t < range.end; ++t) {
            const float e = tc_shard_output(shard, t)[at] - target_gain * target[o][t];

            energy += (double)e * e;
            sum += e;
            tc_shard_output_gradient(shard, t)[at] = e;
        }
        mean = (float)(sum / n);
        for (unsigned t = range.first; t < range.end; ++t) {
            float *const dy = &tc_shard_output_gradient(shard, t)[at];

            *dy = (1.5f * *dy + 0.5f * mean) * (float)scale;
        }
        loss += (0.75 * energy + 0.25 * sum * sum / n) * scale;
    }
    return loss;
}
