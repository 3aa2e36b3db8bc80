#include "train/network/loss.h"

#include "cells/output_activation.h"
#include "train/measure/cross_entropy.h"
#include "train/network/sample_loss.h"

#include <string.h>

static bool next_run(const struct tc_loss_range *range, struct tc_frame_run *run)
{
    return tc_next_frame_run(range->ignored, range->end, run);
}

/* The errors of one output, 0 outside the range; returns their sum. */
static double fill_errors(float *e, const float *y, const float *target, float target_gain,
                          const struct tc_loss_range *range, unsigned n_frames)
{
    double sum = 0.0;

    memset(e, 0, n_frames * sizeof *e);
    for (struct tc_frame_run run = {.stop = range->first}; next_run(range, &run);)
        for (size_t t = run.start; t < run.stop; ++t) {
            e[t] = y[t] - target_gain * target[t];
            sum += (double)e[t];
        }
    return sum;
}

/* From the errors to dl/de; returns the sum of l. */
static double differentiate(const struct tc_loss_terms *terms, float *e,
                            const struct tc_loss_range *range)
{
    double sum = 0.0;

    for (struct tc_frame_run run = {.stop = range->first}; next_run(range, &run);)
        for (size_t t = run.start; t < run.stop; ++t) {
            sum += tc_sample_loss(terms->loss, e[t], terms->rms);
            e[t] = tc_sample_loss_derivative(terms->loss, e[t], terms->rms);
        }
    return sum;
}

/* From dl/de to the gradient of both terms. */
static void add_dc_gradient(const struct tc_loss_terms *terms, float *dy, float mean, double scale,
                            const struct tc_loss_range *range)
{
    for (struct tc_frame_run run = {.stop = range->first}; next_run(range, &run);)
        for (size_t t = run.start; t < run.stop; ++t)
            dy[t] = (terms->error_weight * dy[t] + 2.0f * terms->dc_weight * mean) * (float)scale;
}

double tc_loss_sequence(const struct tc_loss_terms *terms, struct tc_shard *shard,
                        unsigned sequence, const float *const *target, struct tc_loss_range range,
                        unsigned n_frames, double scale)
{
    const double n = tc_loss_range_frames(&range);
    const double error_weight = (double)terms->error_weight, dc_weight = (double)terms->dc_weight;
    double loss = 0.0;

    for (unsigned o = 0; o < terms->outputs; ++o) {
        float *const dy = tc_shard_output_gradient(shard, sequence, o);
        const double sum = fill_errors(dy, tc_shard_output(shard, sequence, o), target[o],
                                       terms->target_gain, &range, n_frames);
        double errors;

        if (n == 0.0)
            continue;
        errors = differentiate(terms, dy, &range);
        add_dc_gradient(terms, dy, (float)(sum / n), scale, &range);
        loss += (error_weight * errors + dc_weight * sum * sum / n) * scale;
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
