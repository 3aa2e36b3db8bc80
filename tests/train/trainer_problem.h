/** @file
 *  A device to learn for the tests of the trainer, and helpers that train it. */
#ifndef TRAINER_PROBLEM_H
#define TRAINER_PROBLEM_H

#include "tests/support/support.h"
#include "tonecell-train.h"

enum { TRAIN_CLIPS = 3, VAL_CLIPS = 2, CLIPS = TRAIN_CLIPS + VAL_CLIPS, FRAMES = 6000 };

/** A device, recordings of it, and the training options. */
struct trainer_problem {
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct support_signals input, target; /* (CLIPS, FRAMES) */
    struct support_buffers input_row, target_row;
    struct tc_clip clip[CLIPS]; /* those for training, then those for validation */
};

/** tanh(drive * low), low being the input after a low-pass of four frames' time constant. */
void play_device(const float *input, float *target, float drive);

/** One layer that learns a drive of 3 from noise. */
void problem_init(struct trainer_problem *p, enum tc_cell cell, unsigned hidden);
void problem_free(struct trainer_problem *p);

/** The targets of the first so many clips become noise independent of the inputs: nothing can be
 *  learned. */
void make_unlearnable(struct trainer_problem *p, unsigned clips);

/** A recurrence without bound, and a learning rate that makes it diverge. */
void make_divergent(struct trainer_problem *p, enum tc_activation activation);

/** A knob from 1 to 8; the recordings stay as they are. */
void add_drive_knob(struct trainer_problem *p, float initial);

enum tc_status problem_try_trainer(const struct trainer_problem *p, struct tc_trainer **trainer,
                                   struct tc_error *error);

/** The same, where it must not fail. */
struct tc_trainer *problem_trainer(const struct trainer_problem *p);

/** The same, where it must fail, with or without memory for the message. */
void problem_expect_refusal(const struct trainer_problem *p, enum tc_status status,
                            const char *message);

/** Train up to its first update. */
void update_once(struct tc_trainer *trainer);

/** The best model so far, without training metadata. */
struct tc_model *best_model(const struct tc_trainer *trainer);

/** Everything from options to model. */
struct tc_model *problem_train(const struct trainer_problem *p, tc_progress_fn *progress,
                               void *user, enum tc_train_end *end);

/** The same, which must end for the expected reason. */
struct tc_model *problem_train_until(const struct trainer_problem *p, enum tc_train_end expected,
                                     tc_progress_fn *progress, void *user);

/** Require 2, 3 and 4 threads to train a model bit-identical to that of one thread; `what` is for
 *  the message. */
void problem_require_any_threads(struct trainer_problem *p, const struct tc_model *one,
                                 const char *what);

/** The error-to-signal ratio of the clips for validation. */
double problem_score(const struct trainer_problem *p, const struct tc_model *model);

#endif
