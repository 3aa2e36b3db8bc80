/** @file
 *  Inside of a trainer. */
#ifndef TC_TRAINER_H
#define TC_TRAINER_H

#include "train/update/batch_norm.h"
#include "train/network/encoder.h"
#include "train/update/constraint.h"
#include "train/network/network.h"
#include "train/update/optimizer.h"
#include "train/data/sampler.h"

struct tc_trainer {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_clip *train, *val;
    size_t n_train, n_val;
    struct tc_sampler *sampler;
    struct tc_random random;

    struct tc_encoder *encoder; /* NULL without; its parameters follow the network's */

    size_t values; /* length of every vector of parameters */
    float *parameters, *best, *gradient;
    struct tc_constraint *constraint;
    struct tc_batch_norm *norm;
    float *unconstrained; /* what the optimiser moves: with matrices held or batch normalisation
                      behind the parameters, in one piece with them, as also `best` is; else the
                      parameters themselves */
    size_t n_updated; /* floats of what it moves, and of the gradient: the parameters', and gains */
    size_t n_saved;   /* floats of such a piece */
    struct tc_optimizer_state optimizer;
    float *memory;

    struct tc_weights *weights;
    size_t n_shards;
    struct tc_shard **shard;
    size_t *first_sequence; /* [n_shards + 1] */
    float **shard_gradient; /* [n_shards] */
    double *shard_loss;     /* [n_shards], of the last step */
    double *moments;        /* [n_shards]: of all layers, of the last step */
    unsigned max_frames;    /* frames that shards have room for */
    float **state;          /* [n_shards]: states at every `room` frames of a longer stretch */
    float *gradient_factor; /* [sampler->longest] where truncation is random: see truncation.h */

    float in_gain, target_gain; /* factors: what the network is given, and is to give */
    double target_power; /* mean square of the targets after their gain; 1 of probabilities */
    double rate;         /* the optimiser's step size */
    uint64_t drop_seed;  /* of the dropout in this batch */
    double best_score;   /* least ESR or cross-entropy; infinite before the first validation */
    double loss_sum;     /* over loss_count updates since the last validation */
    uint64_t loss_count;
    unsigned since_best, since_halved; /* validations */
    unsigned rejected_in_row;          /* steps */
    unsigned rejected_since_restart;   /* steps, or since a new best */
    struct tc_progress progress;
    double started_s; /* when the run began, of a clock that only goes on */
};

/** Is the loss a cross-entropy, and not the error of samples? */
static inline bool tc_trainer_gives_probabilities(const struct tc_trainer *trainer)
{
    return trainer->arch.readout != TC_READOUT_LINEAR;
}

/** Where an encoder's parameters are in every vector of parameters. */
static inline size_t tc_trainer_encoder_at(const struct tc_trainer *trainer)
{
    return trainer->values - trainer->encoder->values;
}

/** A model of the trainer's network with such parameters. Errors as tc_model_new(). */
static inline enum tc_status tc_trainer_model(const struct tc_trainer *trainer,
                                              const float *parameters, struct tc_model **model,
                                              struct tc_error *error)
{
    return tc_model_new(model, &trainer->arch, &trainer->meta, parameters, error);
}

/** The same of its encoder; parameters are those of both. */
static inline enum tc_status tc_trainer_encoder_model(const struct tc_trainer *trainer,
                                                      const float *parameters,
                                                      struct tc_model **model,
                                                      struct tc_error *error)
{
    struct tc_metadata none;

    tc_metadata_init(&none);
    return tc_model_new(model, &trainer->encoder->arch, &none,
                        parameters + tc_trainer_encoder_at(trainer), error);
}

#endif
