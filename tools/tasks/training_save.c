#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/training_record.h"
#include "tasks/training.h"

#include <stdlib.h>

static const double save_interval_s = 30.0;

json_t *training_json(const struct training *t)
{
    json_t *const record = training_record_new();

    if (record == NULL)
        return NULL;
    t->task->add_record(t->data, &t->progress, record);
    training_record_add(record, &t->options, &t->progress);
    if (t->source != NULL)
        json_object_set_new(record, "from", json_path(path_name(t->arguments->from)));
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

enum tc_status training_save(const struct training *t, struct tc_error *error)
{
    char *const text = training_record_text(t, error);
    struct tc_model *model = NULL;
    enum tc_status status = TC_NO_MEMORY;

    if (text != NULL)
        status = tc_trainer_best(t->trainer, text, &model, error);
    if (status == TC_OK)
        status = tc_model_save(model, t->arguments->output, error);
    tc_model_free(model);
    free(text);
    return status;
}

void training_save_sometimes(struct training *t)
{
    struct tc_error error;

    if (t->progress.seconds - t->saved_at_s < save_interval_s)
        return;
    t->saved_at_s = t->progress.seconds;
    if (training_save(t, &error) != TC_OK)
        talk_warn(t->arguments->output, "not saved yet: %s", error.message);
}
