/** @file
 *  Loss functions and their gradients. */
#ifndef TC_LOSS_H
#define TC_LOSS_H

#include "train/data/chunk.h"
#include "train/network/emphasis.h"
#include "train/network/network.h"
#include "train/network/stft_loss.h"

/** What the loss of a linear readout is made of. */
struct tc_loss_terms {
    enum tc_loss loss;
    unsigned outputs;
    float target_gain; /* factor on targets */
    struct tc_emphasis emphasis;
    float rms;                       /* r: the root of the targets' mean square after both */
    float error_weight;              /* of the errors of samples */
    float dc_weight;                 /* of the error of the mean */
    const struct tc_stft_loss *stft; /* NULL: no loss of spectra */
    double stft_weight;              /* of that loss, which is relative */
    double denominator; /* r^2, and 2 of TC_LOSS_MSE: what the caller divides `scale` by */
};

/** States of the filter of one sequence, (outputs, emphasis.n) each; not read without a filter. */
struct tc_loss_state {
    float *error;    /* after the frames with loss of the chunk before; zeros in the first */
    float *gradient; /* of the transposed filter: before the next part of the same chunk; zeros in
                        its last part */
};

/** Loss of one sequence's output in a chunk, with e = y - target_gain * target, 0 outside the
 *  range, F e the filtered error and l of sample_loss.h, the sums over the range's n frames:
 *
 *      L = (error_weight sum l(F e) + dc_weight n (mean e)^2 + stft_weight denominator m S) * scale
 *
 *  summed over outputs, S being the loss of stft_loss.h for the unfiltered output and m the frames
 *  of the range, ignored ones too. With scale = 1 / (denominator * all frames of the chunk) that is
 *  what enum tc_loss says, plus stft_weight times S, which is a mean over the parts of a chunk that
 *  is taken in parts.
 *
 *  Writes dL/dy = (error_weight F^T l'(F e) + 2 dc_weight mean e + stft_weight denominator m dS/dy)
 *  * scale, zero outside the range, for all n_frames, and moves both states over the range.
 *  target[o] points to output o's value at frame 0 of the chunk.
 *
 *  From: Wright, Damskagg & Valimaki 2019, with one fixed power in place of each chunk's own, so
 *  that quiet chunks do not outweigh loud ones. */
double tc_loss_sequence(const struct tc_loss_terms *terms, struct tc_shard *shard,
                        unsigned sequence, const float *const *target,
                        const struct tc_loss_state *state, struct tc_loss_range range,
                        unsigned n_frames, double scale);

/** The same of sums v whose readout gives probabilities y, with the cross-entropy as
 *  tc_score_add_probabilities() has it:
 *
 *      L = cross-entropy(target, y) * scale,      dL/dv = (y - target) * scale
 *
 *  for a softmax because its targets' sum is 1. From: Bridle 1990. */
double tc_loss_sequence_probabilities(struct tc_shard *shard, unsigned sequence,
                                      const struct tc_architecture *arch,
                                      const float *const *target, struct tc_loss_range range,
                                      unsigned n_frames, double scale);

#endif
