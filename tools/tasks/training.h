/** @file
 *  One training, as `tonecell train` runs it: fit the network, show the progress, save the best
 *  model, report the result. */
#ifndef TONECELL_TRAINING_H
#define TONECELL_TRAINING_H

#include "tasks/task.h"
#include "tasks/train_arguments.h"

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
    double saved_at_s, checkpoint_at_s;
    bool has_checkpoint; /* MODEL.checkpoint is of this training */
    bool is_ending;      /* it is the last one */
    enum tc_train_end end;
};

/** Train until the options end it or the user interrupts, and save the best model now and then and
 *  at the end. False after talk_error(); the best model until then is saved all the same. */
bool training_fit(struct training *training);

/** Show the progress; for every call of the trainer. */
void training_show_progress(const struct training *training);

/** Save the best model so far to --output. Errors: those of tc_trainer_best() and
 *  tc_model_save(). */
enum tc_status training_save(const struct training *training, struct tc_error *error);

/** The same if the last time is half a minute ago, so that a crash costs no more. A failure is
 *  reported, and saving is tried again later. */
void training_save_sometimes(struct training *training);

/** With --resume go on from MODEL.checkpoint, if there is one. False after talk_error(): it is of
 *  another training, or damaged. */
bool training_resume(struct training *training);

/** Write MODEL.checkpoint if that is due, or if the training is `stopping`; for every call of the
 *  trainer. A failure is reported, and does not end the training. */
void training_checkpoint(struct training *training, bool stopping);

/** Remove the checkpoint of a training that is done, or say how to go on from it. */
void training_checkpoint_end(const struct training *training);

/** The record's text, for free(). NULL after tc_fail() without memory. */
char *training_record_text(const struct training *training, struct tc_error *error);

/** The record for the model's metadata; see report/training_record.h. */
json_t *training_json(const struct training *training);

/** Report the result: warnings to stderr, text or --json to stdout. */
void training_report(const struct training *training);

#endif
