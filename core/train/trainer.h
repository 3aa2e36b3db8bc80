/** @file
 *  Inside of a trainer. */
#ifndef TC_TRAINER_H
#define TC_TRAINER_H

#include "train/data/sampler.h"
#include "train/fingerprint.h"
#include "train/network/encoder.h"
#include "train/network/loss.h"
#include "train/network/network.h"
#include "train/training_state.h"
#include "train/update/batch_norm.h"
#include "train/update/constraint.h"
#include "train/update/reduction.h"

enum { TC_MAX_SHARDS = 64 }; /* each has a gradient of its own */

/** What a training is made of, its state, and memory for one step. The layers above it:
 *
 *      training_loop.c    epochs, batches, chunks, validations; the end
 *      step.c             one chunk of all shards, and an update
 *      sequences.c        one shard in a chunk
 *      update.c           from the shards' gradients to the next parameters */
struct tc_trainer {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_clip *train, *val;
    size_t n_train, n_val;
    float in_gain, target_gain;     /* factors: on the network's input, and on its target */
    float input_peak;               /* of the first input of all clips for training */
    struct tc_stft_loss *stft;      /* NULL without */
    struct tc_loss_terms loss;      /* denominator 1 of probabilities */
    const struct tc_metric *metric; /* of validations */
    const struct tc_reduction *reduction;

    struct tc_sampler *sampler;
    struct tc_encoder *encoder; /* NULL without; its parameters follow the network's */
    struct tc_constraint *constraint;
    struct tc_batch_norm *norm;
    size_t values; /* parameters, the encoder's too */

    struct tc_training_state state;

    struct tc_weights *weights;
    size_t n_shards;
    struct tc_shard **shard;
    size_t *first_sequence; /* [n_shards + 1] */
    float **shard_gradient; /* [n_shards] (values) of the last step */
    float *gradient;        /* (state.n.updated) of the last step */
    double *shard_loss;     /* [n_shards] of the last step */
    double *moments;        /* [n_shards] of the inputs of all layers in the last step */
    unsigned max_frames;    /* frames that shards have memory for */
    float **stored_state;   /* [n_shards] states at every max_frames of a longer chunk */
    float *error_state;     /* (sequences, outputs, loss.emphasis.n) of the error's filter; empty
                               without one */
    float *error_gradient;  /* the same of the transposed filter, in the present chunk */
    float *gradient_factor; /* [sampler->longest] where truncation is random: see truncation.h */
    float *memory;
    uint64_t fingerprint[TC_FINGERPRINTS]; /* of all above but the state */
    double started_s;                      /* when the present run began, of a monotonic clock */
    uint64_t started_frames;               /* state.totals.frames when it began */
    double fraction, started_fraction;     /* of the training that is over, 0 to 1; when it began */
    bool starts_from_model;                /* the start is validated before the first epoch */
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
