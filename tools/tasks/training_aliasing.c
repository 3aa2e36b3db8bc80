#include "tasks/training_aliasing.h"

#include "cli/json_result.h"
#include "cli/talk.h"

#include <math.h>
#include <stdio.h>

static enum tc_status measure_model(const struct training *t, const struct tc_model *model,
                                    double db[ALIASING_SINES], double *recorded,
                                    struct tc_error *error)
{
    enum tc_status status = aliasing_measure_sines(model, 1, db, error);

    for (unsigned i = 0; i < ALIASING_SINES && status == TC_OK; ++i)
        db[i] = 10.0 * log10(db[i]);
    return status == TC_OK
               ? t->task->score_recorded(t->data, model, t->options.warmup, recorded, error)
               : status;
}

bool training_aliasing_measure(struct training *t)
{
    struct aliasing_change *const change = &t->aliasing;
    struct tc_model *model = NULL;
    struct tc_error error;
    enum tc_status status;

    if (!t->teacher.anti_alias)
        return true;
    status = tc_trainer_best(t->trainer, NULL, &model, &error);
    if (status == TC_OK)
        status = measure_model(t, t->source, change->before_db, &change->recorded_before, &error);
    if (status == TC_OK)
        status = measure_model(t, model, change->after_db, &change->recorded_after, &error);
    tc_model_free(model);
    change->measured = status == TC_OK;
    if (status != TC_OK)
        talk_error(t->arguments->output, "%s", error.message);
    return status == TC_OK;
}

void training_aliasing_print(const struct training *t)
{
    const struct aliasing_change *const change = &t->aliasing;

    if (!change->measured)
        return;
    printf("aliasing of sines at full scale, before and after:\n");
    for (unsigned i = 0; i < ALIASING_SINES; ++i)
        if (!isnan(change->before_db[i]))
            printf("  %u kHz        %6.1f dB  %6.1f dB\n", i + 1, change->before_db[i],
                   change->after_db[i]);
    if (!isnan(change->recorded_after))
        printf("%s against WET, before and after:\n  %.5f  %.5f\n", t->task->score_name,
               change->recorded_before, change->recorded_after);
}

/* Whether the best of all validations was that of the model that it started from. */
static bool is_unchanged(const struct training *t)
{
    const struct tc_history_entry *entry;
    const size_t n = tc_trainer_history(t->trainer, &entry);

    for (size_t i = 1; i < n; ++i)
        if (entry[i].improved)
            return false;
    return true;
}

void training_aliasing_warn(const struct training *t)
{
    const struct aliasing_change *const change = &t->aliasing;
    double fall_db = 0.0;

    if (!change->measured)
        return;
    for (unsigned i = 0; i < ALIASING_SINES; ++i)
        if (isfinite(change->before_db[i]) && isfinite(change->after_db[i]))
            fall_db += change->before_db[i] - change->after_db[i];
    if (is_unchanged(t))
        talk_warn(t->written, "the model is unchanged: no other that was tried is as near to what "
                              "does not alias");
    else if (fall_db <= 0.0)
        talk_warn(t->written, "sines alias no less than before");
}

void training_aliasing_add(const struct training *t, json_t *result)
{
    const struct aliasing_change *const change = &t->aliasing;
    json_t *array;

    if (!change->measured)
        return;
    array = json_array();
    for (unsigned i = 0; i < ALIASING_SINES; ++i) {
        json_t *const sine = json_object();

        json_set_count(sine, "hz", 1000 * (i + 1));
        json_object_set_new(sine, "before_db", json_number(change->before_db[i]));
        json_object_set_new(sine, "after_db", json_number(change->after_db[i]));
        json_array_append_new(array, sine);
    }
    json_object_set_new(result, "aliasing", array);
    json_object_set_new(result, "recorded_before", json_number(change->recorded_before));
    json_object_set_new(result, "recorded_after", json_number(change->recorded_after));
}
