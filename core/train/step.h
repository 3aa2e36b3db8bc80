/** @file
 *  A step of training: a chunk of every stream forward and back, and one update of the weights. */
#ifndef TC_STEP_H
#define TC_STEP_H

#include "train/trainer.h"

/** Frames start to start + n_frames of a batch, for all sequences. */
struct tc_chunk {
    const struct tc_batch *batch;
    size_t start, n_frames;
    size_t skip;       /* frames at the start without loss: those that are looked back on */
    size_t move;       /* frames by which the streams move on */
    double scale;      /* of the loss: 1 / (target power * frames with loss of a usual chunk *
                          sequences) */
    const float *pass; /* (n_frames) as tc_shard_backward_continued() says, or NULL */
};

/** Make the network's parameters from what the optimiser moves. */
void tc_step_materialise(const struct tc_trainer *trainer);

/** All streams to the start state. */
void tc_step_reset(struct tc_trainer *trainer);

/** From the start state through a batch's warm-up, without learning. */
void tc_step_warm_up(struct tc_trainer *trainer, const struct tc_batch *batch);

/** Learn from a chunk; the streams move on. A step that comes out NaN or infinite is rejected.
 *  Errors: as tc_step_give_up(), after too many of them. */
enum tc_status tc_step(struct tc_trainer *trainer, const struct tc_chunk *chunk,
                       struct tc_error *error);

/** Does any frame of a chunk carry loss? */
bool tc_step_has_loss(const struct tc_trainer *trainer, const struct tc_chunk *chunk);

/** Move the streams through a chunk without learning. */
void tc_step_forward_only(struct tc_trainer *trainer, const struct tc_chunk *chunk);

/** Frames of a chunk that belong to a segment; sequences whose segment is over hear silence. */
size_t tc_step_frames(const struct tc_trainer *trainer, const struct tc_chunk *chunk);

/** Fail with TC_BAD_VALUE for the steps that were rejected. */
enum tc_status tc_step_give_up(const struct tc_trainer *trainer, struct tc_error *error);

#endif
