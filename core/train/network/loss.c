#include "train/network/loss.h"

#include "cells/output_activation.h"
#include "train/measure/cross_entropy.h"

#include <string.h>

double tc_loss_sequence(struct tc_shard *shard, unsigned sequence, unsigned outputs,
                        const float *const *target, float target_gain, struct tc_loss_range range,
                        unsigned n_frames, double scale)
{
    const double n = range.end > range.first ? range.end - range.first : 0;
    double loss = 0.0;

    for (unsigned o = 0; o < outputs; ++o) {
        const float *const y = tc_shard_output(shard, sequence, o);
        float *const dy = tc_shard_output_gradient(shard, sequence, o);
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

double tc_loss_sequence_probabilities(struct tc_shard *shard, unsigned sequence,
                                      const struct tc_architecture *arch,
                                      const float *const *target, struct tc_loss_range range,
                                      unsigned n_frames, double scale)
{
    const size_t n = range.end - range.first;
    float *const *const dv = tc_shard_output_gradients(shard, sequence);
    double loss;

    for (unsigned o = 0; o < arch->outputs; ++o) {
        memset(dv[o], 0, n_frames * sizeof *dv[o]);
        memcpy(dv[o] + range.first, tc_shard_output(shard, sequence, o) + range.first,
               n * sizeof *dv[o]);
    }
    tc_readout_apply(arch->readout, dv, arch->outputs, range.first, n);
    loss = tc_cross_entropy(arch->readout, arch->outputs, target, (const float *const *)dv,
                            range.first, n);
    for (unsigned o = 0; o < arch->outputs; ++o)
        for (unsigned t = range.first; t < range.end; ++t)
            dv[o][t] = (dv[o][t] - target[o][t]) * (float)scale;
    return loss * scale;
}
