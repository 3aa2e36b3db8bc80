#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/training_record.h"
#include "tasks/model_rescue.h"
#include "tasks/training_attempts.h"
#include "train/measure/better_score.h"

#include <stdlib.h>

json_t *training_json(const struct training *t)
{
    json_t *const record = training_record_new();

    if (record == NULL)
        return NULL;
    t->task->add_record(t->data, &t->progress, record);
    training_record_add(record, &t->options, &t->progress);
    if (t->is_second)
        training_record_add_first(record, &t->first_options);
    training_seeds_add(t, record);
    if (t->source != NULL)
        json_object_set_new(record, "from", json_path(path_name(t->arguments->from)));
    if (t->teacher.anti_alias)
        json_object_set_new(record, "anti_alias", json_true());
    if (t->teacher_model != NULL)
        json_object_set_new(record, "teacher", json_path(path_name(t->teacher.path)));
    return record;
}

char *training_record_text(const struct training *t, struct tc_error *error)
{
    json_t *const record = training_json(t);
    char *const text = record != NULL ? json_dumps(record, JSON_COMPACT) : NULL;

    json_decref(record);
    if (text == NULL)
        tc_fail(error, TC_NO_MEMORY, "no memory for the record of the training");
    return text;
}

/* The best model with its record. */
static enum tc_status best_model(const struct training *t, struct tc_model **model,
                                 struct tc_error *error)
{
    char *const text = training_record_text(t, error);
    enum tc_status status = TC_NO_MEMORY;

    if (text != NULL)
        status = tc_trainer_best(t->trainer, text, model, error);
    free(text);
    return status;
}

bool training_is_better(const struct training *t, double score)
{
    return tc_score_is_better(tc_trainer_metric(t->trainer), t->progress.best_score, score);
}

/* Whether an earlier training has a better model, which is in the file. */
static bool is_of_earlier_training(const struct training *t)
{
    return t->best.trainer != NULL && !training_is_better(t, t->best.progress.best_score);
}

static bool has_model_to_save(const struct training *t)
{
    return t->has_unsaved_best && training_verdict(t) != MODEL_WORSE && !is_of_earlier_training(t);
}

bool training_save_is_due(const struct training *t)
{
    return has_model_to_save(t) &&
           save_attempts_due(&t->model_attempts, t->progress.seconds, BEST_INTERVAL_S);
}

void training_save_best(struct training *t, bool now)
{
    const char *const file = t->arguments->output;
    struct tc_model *model = NULL;
    struct tc_error error;
    enum tc_status status;

    if (now ? !has_model_to_save(t) : !training_save_is_due(t))
        return;
    status = best_model(t, &model, &error);
    if (status == TC_OK)
        status = tc_model_save(model, file, &error);
    tc_model_free(model);
    save_attempts_note(&t->model_attempts, file, t->progress.seconds, status, &error);
    t->has_unsaved_best = status != TC_OK;
}

static bool save_at_last(struct training *t, const char *file)
{
    struct tc_model *model = NULL;
    struct tc_error error;
    enum tc_status status = best_model(t, &model, &error);

    if (status == TC_OK)
        status = model_rescue_save(model, file, t->written, &error);
    tc_model_free(model);
    if (status == TC_OK)
        return true;
    t->written[0] = '\0';
    talk_error(file, "%s", error.message);
    return false;
}

bool training_save(struct training *t)
{
    char rejected[PATH_MAX];

    if (!training_is_rejected(t))
        return save_at_last(t, t->arguments->output);
    return !t->arguments->keep || save_at_last(t, rejected_path(t->arguments->output, rejected));
}
