/** @file
 *  One training, as `tonecell train` runs it: fit the network, show the progress, save the best
 *  model, report the result. */
#ifndef TONECELL_TRAINING_H
#define TONECELL_TRAINING_H

#include "tasks/save_attempts.h"
#include "tasks/task.h"
#include "tasks/train_arguments.h"

#include <limits.h>

struct training {
    const struct train_arguments *arguments;
    const struct task *task;
    void *data; /* of the task */
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_model *source; /* to start from, or NULL */
    struct tc_trainer *trainer;
    struct tc_progress progress; /* the latest */
    struct save_attempts model_attempts, checkpoint_attempts;
    bool has_unsaved_best; /* the best model so far is not yet in --output */
    bool has_checkpoint;   /* MODEL.checkpoint is of this training */
    bool is_ending;        /* it is the last one */
    enum tc_train_end end;
    char written[PATH_MAX]; /* where the model is at last: --output, unless that was impossible */
};

/** Train until the options end it or the user interrupts, and save the best model now and then and
 *  at the end. False after talk_error(); the best model until then is saved all the same. */
bool training_fit(struct training *training);

/** Show the progress; for every call of the trainer. */
void training_show_progress(const struct training *training);

/** Save the best model to --output at the end, or elsewhere: see model_rescue.h. Signals must be
 *  held. False after talk_error(). */
bool training_save(struct training *training);

/** Save the best model so far to --output, at most half a minute after it was found, so that a crash
 *  costs no more; for every call of the trainer. A failure is reported, and saving is tried again
 *  later. */
void training_save_best(struct training *training);

/** With --resume go on from MODEL.checkpoint, if there is one. False after talk_error(): it is of
 *  another training, or damaged. */
bool training_resume(struct training *training);

/** Write MODEL.checkpoint if that is due, or if the training is `stopping`; for every call of the
 *  trainer. A failure is reported, and does not end the training. */
void training_checkpoint(struct training *training, bool stopping);

/** Remove the checkpoint of a training that is done and saved, or say how to go on from it. */
void training_checkpoint_end(const struct training *training, bool saved);

/** The record's text, for free(). NULL after tc_fail() without memory. */
char *training_record_text(const struct training *training, struct tc_error *error);

/** The record for the model's metadata; see report/training_record.h. */
json_t *training_json(const struct training *training);

/** Report the result: warnings to stderr, text or --json to stdout. */
void training_report(const struct training *training);

#endif
