/** @file
 *  All that the future of a training depends on, apart from what a trainer is made of: clips,
 *  options, architecture and metadata. Two trainers made of the same that have the same state go on
 *  to the same models, to the bit; `time_limit_s` alone depends on more.
 *
 *  A trainer's own state borrows some vectors from its parts (sampler, batch normalisation), and
 *  its hidden states are in the shards between two copies; a copy has memory of its own. */
#ifndef TC_TRAINING_STATE_H
#define TC_TRAINING_STATE_H

#include "train/data/sampler.h"
#include "train/update/optimizer.h"

/** Lengths of the vectors; they follow from what a trainer is made of. */
struct tc_training_sizes {
    size_t saved;    /* floats of the parameters, and of the unconstrained vector after them where
                       that is another one */
    size_t updated;  /* floats of the unconstrained vector: as many as parameters, and the gains of
                       batch normalisation */
    size_t averaged; /* floats of the average: as many as saved, or 0 without one */
    size_t hidden;   /* floats that all sequences carry from chunk to chunk */
    size_t statistics;        /* doubles of batch normalisation: means and covariances */
    size_t layers;            /* of the network, with batch normalisation; else 0 */
    size_t segments, batches; /* of an epoch */
};

enum tc_training_phase {
    TC_PHASE_BETWEEN,  /* the next epoch is to begin */
    TC_PHASE_EPOCH,    /* in an epoch */
    TC_PHASE_VALIDATED /* an epoch is over and validated; the next one begins unless patience ends
                        */
};

/** Where in the training data. */
struct tc_training_position {
    enum tc_training_phase phase;
    unsigned epoch;                   /* the present or last one, from 1; 0 before the first */
    size_t batch;                     /* the present one, as its index in the epoch */
    size_t chunk_start, chunk_frames; /* the last chunk done in it (struct tc_chunk); 0 frames: the
                                         batch is to begin */
    size_t chunk_advance;
    uint64_t dropout_seed; /* of the present batch */
};

/** What decides over the learning rate and the end. */
struct tc_training_schedule {
    double rate;                       /* the learning rate, before the schedule's factor */
    double best_score;                 /* NAN before the first validation */
    unsigned since_best, since_halved; /* validations */
    bool last_rejected;                /* the last step of the present batch was undone */
};

/** Counts from the start, and sums since the last validation. */
struct tc_training_totals {
    uint64_t updates, frames;  /* frames: those after the warm-up, without recomputed ones */
    unsigned rejected;         /* steps */
    double epoch_done;         /* fraction of the present epoch */
    double loss_sum, norm_sum; /* of the loss, and of the gradient's norm before clipping */
    uint64_t loss_count;       /* updates in these sums */
    double score;              /* of the last validation in this run; NAN before it */
};

struct tc_training_state {
    struct tc_training_sizes n;
    float *parameters;     /* (n.saved) the network's, then the encoder's, in the order of
                             tc_architecture_tensors() */
    float *unconstrained;  /* (n.updated) what the optimiser updates, in the memory of `parameters`:
                             after these where matrices are constrained or inputs normalised, else
                             these themselves */
    float *best;           /* (n.saved) both at the best validation */
    float *average;        /* (n.averaged) of both, see average.h */
    double average_weight; /* f^t: 1 before the first update */
    struct tc_optimizer_state optimizer; /* moments (n.updated), and their weights b1^t, b2^t */
    struct tc_random random;    /* of segments, batches, dropout seeds and random truncation */
    float *hidden;              /* (n.hidden) of a copy only: shard by shard as
                             tc_sequences_save_state() */
    double *statistics;         /* (n.statistics) of batch normalisation */
    bool *initialised;          /* (n.layers) whether a layer's statistics were ever measured */
    struct tc_segment *segment; /* (n.segments) of the present epoch, batch by batch */
    struct tc_batch *batch;     /* (n.batches) of the present epoch, in their order */
    struct tc_training_position position;
    struct tc_training_schedule schedule;
    struct tc_training_totals totals;
    struct tc_history_entry *history; /* (n_history) one for each validation */
    size_t n_history, max_history;
    void *memory; /* of a copy */
};

/** A vector or record in a state. */
struct tc_training_field {
    void *data;
    size_t size; /* bytes */
};

enum { TC_TRAINING_FIELDS = 16 };

/** The fields of a state without n, the history, and the hidden states, which the shards hold (in a
 *  copy: `hidden`). They are the memory of this build: structs with padding, native byte order. */
void tc_training_state_fields(struct tc_training_state *state,
                              struct tc_training_field field[TC_TRAINING_FIELDS]);

/** An empty state, with memory of its own for vectors of such lengths. Errors: TC_NO_MEMORY. */
enum tc_status tc_training_state_new(struct tc_training_state **state,
                                     const struct tc_training_sizes *n, struct tc_error *error);
void tc_training_state_free(struct tc_training_state *state);

/** Copy all fields and the history; the lengths are the same. Hidden states are copied by
 *  state_transfer.h, from and to the shards. Errors: TC_NO_MEMORY (for the history; `to` is then as
 *  before). */
enum tc_status tc_training_state_copy(struct tc_training_state *to,
                                      const struct tc_training_state *from, struct tc_error *error);

/** Append to the history. Errors: TC_NO_MEMORY. */
enum tc_status tc_training_state_record(struct tc_training_state *state,
                                        const struct tc_history_entry *entry,
                                        struct tc_error *error);

#endif
