/** @file
 *  One training, as `tonecell train` runs it: fit the network, show the progress, save the best
 *  model, report the result. */
#ifndef TONECELL_TRAINING_H
#define TONECELL_TRAINING_H

#include "measurement/aliasing.h"
#include "tasks/save_attempts.h"
#include "tasks/task.h"
#include "tasks/teacher.h"
#include "tasks/train_arguments.h"

#include <limits.h>

enum { MAX_SEEDS = 100 };

/** The best of the trainings that are over. */
struct best_attempt {
    struct tc_trainer *trainer; /* NULL: none is over */
    struct tc_progress progress;
    struct tc_train_options options;
    enum tc_train_end end;
    bool is_second;
};

/** What --anti-alias has changed. */
struct aliasing_change {
    bool measured;
    double before_db[ALIASING_SINES], after_db[ALIASING_SINES]; /* of sines at full scale */
    double recorded_before, recorded_after; /* scores on recorded targets; NAN: there are none */
};

struct training {
    const struct train_arguments *arguments;
    const struct task *task;
    void *data; /* of the task */
    struct tc_architecture arch;
    struct tc_metadata meta;
    struct tc_train_options options;
    struct tc_model *source; /* to start from, or NULL */
    struct teacher teacher;
    struct tc_model *teacher_model; /* of --teacher, or NULL */
    struct aliasing_change aliasing;
    struct tc_trainer *trainer;
    struct tc_progress progress; /* the latest; seconds are those of both trainings */
    bool is_second;              /* a training with gentler options, after one that was rejected */
    struct tc_train_options first_options; /* of a second one: those of the first */
    double time_limit_s;      /* of all trainings; options.time_limit_s is that of the present */
    double before_s;          /* seconds of the trainings before it */
    unsigned attempts;        /* trainings that were begun */
    struct best_attempt best; /* of those that are over */
    double score[MAX_SEEDS];  /* [attempts] of their best models; NAN: not over, or none */
    struct save_attempts model_attempts, checkpoint_attempts;
    bool has_unsaved_best;   /* the best model so far is not yet in --output */
    bool has_checkpoint;     /* MODEL.checkpoint is of this training */
    bool is_ending;          /* it is the last one */
    bool has_failed;         /* it ended with an error */
    enum tc_train_end end;   /* unless it has failed */
    struct tc_health health; /* of the best model, if has_health */
    bool has_health;
    char written[PATH_MAX]; /* where the model is at last: --output, unless that was impossible;
                               MODEL.rejected, or nowhere (empty), if it was rejected */
};

/** Train until the options end it or the user interrupts, a second time if the model is rejected,
 *  and save the best model now and then and at the end. False after talk_error(); the best model
 *  until then is saved all the same, unless it is rejected. */
bool training_fit(struct training *training);

/** Show the progress; for every call of the trainer. */
void training_show_progress(const struct training *training);

/** The verdict on the best model so far. */
enum model_verdict training_verdict(const struct training *training);

/** The training is over, by itself or a failure and not by a limit that the user gave, and its
 *  model is WORSE. */
bool training_is_rejected(const struct training *training);

struct comparison_text {
    char text[128];
};

/** What an EQUAL or WORSE model is no better than, with both scores. Returns text->text. */
const char *training_comparison(const struct training *training, struct comparison_text *text);

/** Report a verdict that is not BETTER to stderr, with what may help. */
void training_report_verdict(const struct training *training);

/** Measure the health of the best model, when the training is over. */
void training_measure_health(struct training *training);

/** Report to stderr what faults the best model has, and whether better scores were those of
 *  networks that run away. */
void training_report_health(const struct training *training);

/** Add both to a result. */
void training_health_add(const struct training *training, json_t *result);

/** Make the trainer. Errors: as tc_trainer_new(). */
enum tc_status training_new_trainer(struct training *training, struct tc_error *error);

/** Whether a second training is due: the first is rejected. */
bool training_may_restart(const struct training *training);
void training_announce_restart(const struct training *training);

/** Its options: another seed, and gentler ones. */
void training_soften(struct training *training);

/** Whether the best model so far is better than one of another training with such a score. */
bool training_is_better(const struct training *training, double score);

/** Save the best model to --output at the end, or elsewhere: see model_rescue.h; a rejected one to
 *  MODEL.rejected with --keep, else nowhere. Signals must be blocked. False after talk_error(). */
bool training_save(struct training *training);

/** Whether training_save_best() would write now. */
bool training_save_is_due(const struct training *training);

/** Save the best model so far to --output, at most half a minute after it was found, so that a
 *  crash costs no more; for every call of the trainer, and with `now` when it has ended. One that
 *  is WORSE is left to the checkpoint, and one of an earlier training that is better stays. A
 *  failure is reported, and saving is tried again later. */
void training_save_best(struct training *training, bool now);

/** With --resume and no checkpoint to go on from: whether the training has ended, since --output
 *  has a model; says so. --force begins a new one. */
bool training_is_finished(const struct training *training);

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

/** What --json prints; for json_decref(). */
json_t *training_result_json(const struct training *training);

/** Report the result: warnings to stderr, text or --json to stdout. */
void training_report(const struct training *training);

/** Write the page of --report. False after talk_error(). */
bool training_page(const struct training *training);

#endif
