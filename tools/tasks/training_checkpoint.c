#include "cli/given.h"
#include "cli/talk.h"
#include "tasks/checkpoint_settings.h"
#include "tasks/training_attempts.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Seconds from one checkpoint to the next, and to one at a validation, unless both are given. */
static const double interval_s = 120.0, validation_interval_s = 30.0;

struct checkpoint_path {
    char text[PATH_MAX + 16];
};

static const char *path_of(const struct training *t, struct checkpoint_path *path)
{
    (void)snprintf(path->text, sizeof path->text, "%s.checkpoint", t->arguments->output);
    return path->text;
}

static double interval(const struct training *t, double usual)
{
    const double given = t->arguments->checkpoint_interval_s;

    return is_given(given) ? given : usual;
}

static bool is_due(const struct training *t)
{
    const double usual = t->progress.validated ? validation_interval_s : interval_s;

    /* A model without a checkpoint is that of a training which has ended:
     * training_is_finished(). */
    if (!t->has_checkpoint && training_save_is_due(t))
        return true;
    /* A best model that is WORSE is nowhere else on disk. */
    if (t->has_unsaved_best && training_verdict(t) == MODEL_WORSE &&
        save_attempts_due(&t->checkpoint_attempts, t->progress.seconds, BEST_INTERVAL_S))
        return true;
    return save_attempts_due(&t->checkpoint_attempts, t->progress.seconds, interval(t, usual));
}

/* The training ends with this progress, but could go on. */
static bool time_is_over(const struct training *t)
{
    return t->options.time_limit_s > 0.0 &&
           t->progress.seconds - t->before_s >= t->options.time_limit_s;
}

void training_checkpoint(struct training *t, bool stopping)
{
    struct checkpoint_path path;
    struct tc_error error;
    enum tc_status status = TC_NO_MEMORY;
    char *text;

    if (training_has_seeds(t) || t->is_ending || (!stopping && !time_is_over(t) && !is_due(t)))
        return;
    t->is_ending = stopping || time_is_over(t); /* a validation may follow, which is not part of the
                                                   training that goes on from here */
    text = training_record_text(t, &error);
    if (text != NULL)
        status = tc_trainer_save_checkpoint(t->trainer, text, path_of(t, &path), &error);
    save_attempts_note(&t->checkpoint_attempts, path_of(t, &path), t->progress.seconds, status,
                       &error);
    if (status == TC_OK) {
        t->has_checkpoint = true;
        t->has_unsaved_best = t->has_unsaved_best && training_verdict(t) != MODEL_WORSE;
    }
    free(text);
}

/* What a training that ends at once would not report. */
static void take_history(struct training *t)
{
    const struct tc_history_entry *entry;
    const size_t n = tc_trainer_history(t->trainer, &entry);

    for (size_t i = 0; i < n; ++i) {
        t->progress.epoch = entry[i].epoch;
        t->progress.updates = entry[i].updates;
        t->progress.frames = entry[i].frames;
        t->progress.rejected = entry[i].rejected;
        t->progress.score = entry[i].score;
        if (entry[i].improved)
            t->progress.best_score = entry[i].score;
    }
}

/* The checkpoint of a second training is for its options. */
static enum tc_status prepare_second(struct training *t, struct tc_error *error)
{
    training_soften(t);
    tc_trainer_free(t->trainer);
    t->trainer = NULL;
    return training_new_trainer(t, error);
}

/* Say which options or recordings the checkpoint's training had instead. */
static void explain(const struct training *t, const json_t *was, struct tc_error *error)
{
    json_t *const is = checkpoint_settings_of(&t->arch, training_json(t));
    char differences[256];

    checkpoint_settings_compare(was, is, differences, sizeof differences);
    if (differences[0] != '\0')
        tc_fail(error, TC_BAD_ARGUMENT, "is the checkpoint of another training: %s", differences);
    json_decref(is);
}

static enum tc_status load(struct training *t, const char *path, struct tc_error *error)
{
    json_t *const was = checkpoint_settings_read(path);
    enum tc_status status = TC_OK;

    if (checkpoint_settings_second(was))
        status = prepare_second(t, error);
    if (status == TC_OK)
        status = tc_trainer_load_checkpoint(t->trainer, path, error);
    if (status == TC_BAD_ARGUMENT && was != NULL)
        explain(t, was, error);
    json_decref(was);
    return status;
}

bool training_is_finished(const struct training *t)
{
    struct checkpoint_path path;
    struct stat model;

    if (!t->arguments->resume || t->arguments->force || access(path_of(t, &path), F_OK) == 0 ||
        stat(t->arguments->output, &model) != 0 || model.st_size == 0)
        return false;
    talk_say(t->arguments->output,
             "the training is finished: there is no %s to go on from; without --resume a new one "
             "begins",
             path.text);
    return true;
}

bool training_resume(struct training *t)
{
    struct checkpoint_path path;
    struct tc_error error;
    const bool exists = access(path_of(t, &path), F_OK) == 0;

    if (!t->arguments->resume) {
        if (exists)
            talk_warn(path.text, "is of an earlier training, which --resume continues; it %s",
                      training_has_seeds(t) ? "stays" : "will be replaced");
        return true;
    }
    if (!exists) {
        talk_warn(path.text, "does not exist: the training begins at the start");
        return true;
    }
    if (load(t, path.text, &error) != TC_OK) {
        talk_error(path.text, "%s", error.message);
        return false;
    }
    t->has_checkpoint = true;
    take_history(t);
    t->has_unsaved_best = !isnan(t->progress.best_score);
    talk_say(path.text, "the training goes on from it");
    return true;
}

/* The time of --effort is that of the whole training, at whose end its learning rate is 0; a time
 * limit that the user gave may be extended. */
static bool ended_by_given_time(const struct training *t)
{
    return t->end == TC_END_TIME && is_given(t->arguments->time_limit_s);
}

void training_checkpoint_end(const struct training *t, bool saved)
{
    struct checkpoint_path path;

    if (!t->has_checkpoint)
        return;
    if (!saved || t->end == TC_END_STOPPED || ended_by_given_time(t))
        talk_say(path_of(t, &path), "written; the same command with --resume goes on from it");
    else
        (void)unlink(path_of(t, &path));
}
