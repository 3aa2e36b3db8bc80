#include "train/network/loss.h"

#include "cells/output_activation.h"
#include "train/measure/cross_entropy.h"
#include "train/network/sample_loss.h"

#include <math.h>
#include <string.h>

static bool next_run(const struct tc_loss_range *range, struct tc_frame_run *run)
{
    return tc_next_frame_run(range->ignored, range->end, run);
}

static void zero_outside(const struct tc_loss_range *range, float *v, unsigned n_frames)
{
    size_t done = 0;

    for (struct tc_frame_run run = {.stop = range->first}; next_run(range, &run); done = run.stop)
        memset(v + done, 0, (run.start - done) * sizeof *v);
    memset(v + done, 0, (n_frames - done) * sizeof *v);
}

/* The errors of one output, 0 outside the range; returns their sum. */
static double fill_errors(float *e, const float *y, const float *target, float target_gain,
                          const struct tc_loss_range *range, unsigned n_frames)
{
    double sum = 0.0;

    for (struct tc_frame_run run = {.stop = range->first}; next_run(range, &run);)
        for (size_t t = run.start; t < run.stop; ++t) {
            e[t] = y[t] - target_gain * target[t];
            sum += (double)e[t];
        }
    zero_outside(range, e, n_frames);
    return sum;
}

/* From errors to dl/de; returns the sum of l. */
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

/* From the errors of one output to dl/de; returns the sum of l. */
static double filtered_errors(const struct tc_loss_terms *terms, float *e, unsigned output,
                              const struct tc_loss_state *state, const struct tc_loss_range *range,
                              unsigned n_frames)
{
    const struct tc_emphasis *const filter = &terms->emphasis;
    const size_t first = range->first, n = range->end - first, at = output * filter->n;
    double sum;

    if (filter->n == 0)
        return differentiate(terms, e, range);
    tc_emphasis_apply(filter, state->error + at, e + first, n);
    sum = differentiate(terms, e, range);
    zero_outside(range, e, n_frames);
    tc_emphasis_apply_transposed(filter, state->gradient + at, e + first, n);
    zero_outside(range, e, n_frames);
    return sum;
}

double tc_loss_sequence(const struct tc_loss_terms *terms, struct tc_shard *shard,
                        unsigned sequence, const float *const *target,
                        const struct tc_loss_state *state, struct tc_loss_range range,
                        unsigned n_frames, double scale)
{
    const double n = fmax(1.0, tc_loss_range_frames(&range)); /* without frames all sums are 0 */
    const double error_weight = (double)terms->error_weight, dc_weight = (double)terms->dc_weight;
    const double stft_scale = terms->stft_weight * terms->denominator * (range.end - range.first);
    double loss = 0.0;

    for (unsigned o = 0; o < terms->outputs; ++o) {
        float *const dy = tc_shard_output_gradient(shard, sequence, o);
        const double sum = fill_errors(dy, tc_shard_output(shard, sequence, o), target[o],
                                       terms->target_gain, &range, n_frames);
        const double errors = filtered_errors(terms, dy, o, state, &range, n_frames);

        add_dc_gradient(terms, dy, (float)(sum / n), scale, &range);
        loss += (error_weight * errors + dc_weight * sum * sum / n) * scale;
        if (terms->stft)
            loss += tc_stft_loss_add(terms->stft, tc_shard_output(shard, sequence, o), target[o],
                                     terms->target_gain, &range, stft_scale * scale, dy);
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
