/** @file
 *  A network with its parameters and the signals of some sequences, for shards to run. */
#ifndef SHARD_PROBLEM_H
#define SHARD_PROBLEM_H

#include "tests/support/support.h"
#include "tonecell-train.h"
#include "train/network/network.h"

enum { FRAMES = 40, CUTS = 6 };

/** Sequences and frames per chunk. */
struct cut {
    unsigned sequences, chunk;
};

extern const struct cut cuts[CUTS];

/** The signals are (sequence, frame, row), as the reference has them. The loss is the sum over
 *  sequences, frames and rows of weight * y. A shard computes linear readouts only: any other is
 *  replaced by one. */
struct shard_problem {
    struct tc_architecture *arch;
    unsigned sequences;
    size_t rows, n, state_size;
    float *parameters;
    struct tc_weights *weights;
    double *exact, *input, *weight;
};

struct shard_problem problem_new(const struct tc_architecture *arch, unsigned sequences);
void problem_free(struct shard_problem *p);

/** Pack the weights for the given kernels; NULL for the default ones. */
void use_kernels(struct shard_problem *p, const struct tc_layer_kernels *k);

/** Signals of one sequence from a frame on. */
const double *input_at(const struct shard_problem *p, unsigned sequence, size_t frame);
const double *weight_at(const struct shard_problem *p, unsigned sequence, size_t frame);

/** A shard with its streams at the initial state of the parameters. */
struct tc_shard *shard_new(const struct shard_problem *p, unsigned max_frames);

/** Copy the input of n_frames from `start` on to the shard and run the forward pass. */
void forward(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
             unsigned n_frames);

/** Copy the dL/dy of these frames to the shard. */
void fill_output_gradient(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
                          unsigned n_frames);

/** The backward pass over the same frames; adds to the gradient. */
void backward(const struct shard_problem *p, struct tc_shard *shard, unsigned start,
              unsigned n_frames, float *gradient);

/** Copy the outputs of n_frames into all[(sequence, frame, output)], from frame `start` on. */
void take_outputs(const struct shard_problem *p, const struct tc_shard *shard, unsigned start,
                  unsigned n_frames, float *all);

/** The whole signal in chunks, the state carried from one to the next; either result may be NULL.
 */
void run_chunks(const struct shard_problem *p, unsigned max_frames, unsigned chunk, float *outputs,
                float *gradient);

/** The outputs alone, for the caller to free. */
float *chunked_outputs(const struct shard_problem *p, unsigned chunk);

/** The definition of truncation: each chunk's gradient with the state at its start constant.
 *  `dropout_factors` is (sequence, frame, inputs of layers above the lowest), as in the reference;
 *  NULL = 1. */
double *exact_gradient(const struct shard_problem *p, unsigned chunk,
                       const double *dropout_factors);

#endif
