/** @file
 *  Inside of a trainer. */
#ifndef TC_TRAINER_H
#define TC_TRAINER_H

#include "train/adam.h"
#include "train/network.h"
#include "train/walk.h"

struct tc_trainer {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_clip *train, *val;
    size_t n_train, n_val;
    struct tc_walk *walk;
    struct tc_random random;

    size_t values; /* length of every vector of parameters */
    float *parameters, *best, *gradient;
    struct tc_adam adam;
    float *memory;

    size_t n_shards;
    struct tc_shard **shard;
    size_t *first_lane;     /* [n_shards + 1] */
    float **shard_gradient; /* [n_shards] */
    double *shard_loss;

    float in_gain, target_gain;
    double target_power;
    double rate, best_esr;
    double loss_sum;
    unsigned since_best, since_halved;
    unsigned undone_in_row, undone_since_restart; /* or since a new best */
    uint64_t loss_count;
    struct tc_progress progress;
    double started;
};

#endif
