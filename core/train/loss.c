#include "train/loss.h"

double tc_loss_lane(struct tc_shard *shard, unsigned lane, unsigned outputs,
                    const float *const *target, float target_gain, struct tc_loss_range range,
                    unsigned n_frames, double scale)
{
    const double n = range.end > range.first ? range.end - range.first : 0;
    double loss = 0.0;

    for (unsigned o = 0; o < outputs; ++o) {
        const float *const y = tc_shard_output(shard, lane, o);
        float *const dy = tc_shard_output_gradient(shard, lane, o);
        double energy = 0.0, sum = 0.0;
        float mean;

        for (unsigned t = 0; t < n_frames; ++t)
            dy[t] = 0.0f;
        if (n == 0.0)
            continue;
        for (unsigned t = range.first; t < range.end; ++t) {
            const float e = y[t] - target_gain * target[o][t];

            energy += (double)e * e;
            sum += e;
            dy[t] = e;
        }
        mean = (float)(sum / n);
        for (unsigned t = range.first; t < range.end; ++t)
            dy[t] = (1.5f * dy[t] + 0.5f * mean) * (float)scale;
        loss += (0.75 * energy + 0.25 * sum * sum / n) * scale;
    }
    return loss;
}
