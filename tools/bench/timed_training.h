/** @file
 *  Timing of training. */
#ifndef TONECELL_TIMED_TRAINING_H
#define TONECELL_TIMED_TRAINING_H

#include "tonecell-train.h"

struct training_time {
    double frames_per_second; /* of the fastest step: forward pass, backward pass and update of a
                                 chunk */
    const char *kernels;
    size_t memory_bytes;
};

/** Train a network on noise for some seconds, each sequence of the batch on a clip of its own. Of
 *  the options, batch, truncate and threads matter. Errors: as tc_trainer_new(). */
enum tc_status timed_training(struct training_time *time, const struct tc_architecture *arch,
                              const struct tc_train_options *options, struct tc_error *error);

/** Multiplications and additions per frame in the layers' matrices: 2 each for the forward pass,
 *  the gradient of state and input, and the gradient of the weights. As is usual, the input and
 *  bias of the lowest layer count in full, though no gradient is computed for that input. */
double training_flops(const struct tc_architecture *arch);

#endif
