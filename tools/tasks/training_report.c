#include "cli/json_result.h"
#include "cli/paths.h"
#include "cli/talk.h"
#include "report/health_report.h"
#include "tasks/training_aliasing.h"
#include "tasks/training_attempts.h"

#include <stdio.h>

static const char *end_words(enum tc_train_end end)
{
    switch (end) {
    case TC_END_EPOCHS:
        return "all epochs done";
    case TC_END_PATIENCE:
        return "it got no better";
    case TC_END_TIME:
        return "the time is over";
    case TC_END_STOPPED:
        break;
    }
    return "stopped";
}

json_t *training_result_json(const struct training *t)
{
    json_t *const result = training_json(t);

    json_object_set_new(result, "model", t->written[0] ? json_path(t->written) : json_null());
    t->task->add_scores(t->data, &t->progress, result);
    training_aliasing_add(t, result);
    json_object_set_new(result, "verdict", json_string(model_verdict_name(training_verdict(t))));
    json_object_set_new(result, "seconds", json_number(t->progress.seconds));
    json_object_set_new(result, "frames_per_second", json_number(t->progress.frames_per_second));
    json_object_set_new(result, "end", json_string(end_words(t->end)));
    training_health_add(t, result);
    return result;
}

static void print_json(const struct training *t)
{
    json_t *const result = training_result_json(t);

    json_print(result);
    json_decref(result);
}

static void print_text(const struct training *t)
{
    char duration[32], health[96];

    printf("%s: %s after %s and %u epoch%s\n", t->written[0] ? SHOWN_PATH(t->written) : "no model",
           end_words(t->end), talk_duration(t->progress.seconds, duration), t->progress.epoch,
           t->progress.epoch == 1 ? "" : "s");
    printf("on the validation part:\n");
    t->task->print_scores(t->data, &t->progress);
    training_aliasing_print(t);
    if (t->has_health)
        printf("health: %s: %s\n",
               tc_health_faults(&t->arch, &t->health) ? "see the warning" : "no faults",
               health_summary(&t->health, health));
    if (training_verdict(t) == MODEL_WORSE)
        return;
    printf("hear it in a host:  tonecell install ");
    path_print_word(t->written);
    putchar('\n');
}

void training_report(const struct training *t)
{
    if (t->progress.rejected > 0)
        talk_warn(NULL,
                  "%u step%s gave a loss, gradient or weight that is not finite: each went back to "
                  "the best model until then, at half the learning rate",
                  t->progress.rejected, t->progress.rejected == 1 ? "" : "s");
    training_seeds_report(t);
    training_report_verdict(t);
    training_aliasing_warn(t);
    training_report_health(t);
    if (t->arguments->json)
        print_json(t);
    else
        print_text(t);
}
