#include "train/network/loss.h"

#include "cells/output_activation.h"
#include "train/measure/cross_entropy.h"

#include <string.h>

static bool next_run(const struct tc_loss_range *range, struct tc_frame_run *run)
{
    return tc_next_frame_run(range->ignored, range->end, run);
}

double tc_loss_sequence(struct tc_shard *shard, unsigned sequence, unsigned outputs,
                        const float *const *target, float target_gain, struct tc_loss_range range,
                        unsigned n_frames, double scale)
{
    const double n = tc_loss_range_frames(&range);
    const struct tc_frame_run from_first = {.stop = range.first};
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
        for (struct tc_frame_run run = from_first; next_run(&range, &run);)
            for (size_t t = run.start; t < run.stop; ++t) {
                const float e = y[t] - target_gain * target[o][t];

                energy += (double)e * e;
                sum += e;
                dy[t] = e;
            }
        mean = (float)(sum / n);
        for (struct tc_frame_run run = from_first; next_run(&range, &run);)
            for (size_t t = run.start; t < run.stop; ++t)
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
    float *const *const dv = tc_shard_output_gradients(shard, sequence);
    double loss = 0.0;

    for (unsigned o = 0; o < arch->outputs; ++o)
        memset(dv[o], 0, n_frames * sizeof *dv[o]);
    for (struct tc_frame_run run = {.stop = range.first}; next_run(&range, &run);) {
        const size_t n = run.stop - run.start;

        for (unsigned o = 0; o < arch->outputs; ++o)
            memcpy(dv[o] + run.start, tc_shard_output(shard, sequence, o) + run.start,
                   n * sizeof *dv[o]);
        tc_readout_apply(arch->readout, dv, arch->outputs, run.start, n);
        loss += tc_cross_entropy(arch->readout, arch->outputs, target, (const float *const *)dv,
                                 run.start, n);
        for (unsigned o = 0; o < arch->outputs; ++o)
            for (size_t t = run.start; t < run.stop; ++t)
                dv[o][t] = (dv[o][t] - target[o][t]) * (float)scale;
    }
    return loss * scale;
}
