/** @file
 *  A training against the clock. */
#ifndef TONECELL_TIMED_TRAINING_H
#define TONECELL_TIMED_TRAINING_H

#include "tonecell-train.h"

struct training_time {
    double frames_per_second; /* of the fastest step: forward, back and update of a chunk */
    const char *kernels;
    size_t memory_bytes;
};

/** Train a network on noise for some seconds, in streams of which each has a clip of its own:
 *  batch, truncate and threads of the options matter. Errors: as tc_trainer_new(). */
enum tc_status timed_training(struct training_time *time, const struct tc_architecture *arch,
                              const struct tc_train_options *options, struct tc_error *error);

/** Multiplications and additions of a frame in the layers' matrices: forward, back to the state and
 *  the input of each, and for the gradient of the weights. The input and the bias of the lowest
 *  layer count three times, too, as is usual, though nothing goes back to them. */
double training_flops(const struct tc_architecture *arch);

#endif
