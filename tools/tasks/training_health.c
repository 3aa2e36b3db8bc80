#include "cli/json_result.h"
#include "cli/talk.h"
#include "report/esr.h"
#include "report/health_report.h"
#include "tasks/training.h"
#include "train/measure/better_score.h"

#include <math.h>

/* New best scores of the training that were those of chaotic networks: all that did not become the
 * best model. *best_refused receives the best of them; NAN: there are none. */
static unsigned count_refused(const struct training *t, double *best_refused)
{
    const struct tc_metric *const metric = tc_trainer_metric(t->trainer);
    const struct tc_history_entry *history;
    const size_t n = tc_trainer_history(t->trainer, &history);
    double best = (double)NAN;
    unsigned refused = 0;

    *best_refused = (double)NAN;
    for (size_t i = 0; i < n; ++i) {
        if (!tc_score_is_better(metric, history[i].score, best))
            continue;
        if (history[i].improved) {
            best = history[i].score;
            continue;
        }
        ++refused;
        if (tc_score_is_better(metric, history[i].score, *best_refused))
            *best_refused = history[i].score;
    }
    return refused;
}

void training_measure_health(struct training *t)
{
    struct tc_model *model = NULL;
    struct tc_error error;
    enum tc_status status = tc_trainer_best(t->trainer, NULL, &model, &error);

    if (status == TC_OK)
        status = tc_health_measure(model, NULL, &t->health, &error);
    tc_model_free(model);
    t->has_health = status == TC_OK;
    if (!t->has_health)
        talk_warn(NULL, "the health of the model is not measured: %s", error.message);
}

static void report_refused(const struct training *t)
{
    char score[SCORE_TEXT_SIZE];
    double best;
    const unsigned refused = count_refused(t, &best);

    if (refused > 0)
        talk_warn(
            NULL,
            "%u validation%s gave a better %s, down to %s, with a network that runs away: "
            "a noise of -120 dB in loud notes changes its output. The best one that does "
            "not is kept; what may help: fewer epochs (--epochs), a lower --learning-rate, or "
            "more recordings",
            refused, refused == 1 ? "" : "s", t->task->score_name, score_text(best, score));
}

void training_report_health(const struct training *t)
{
    struct health_sentences sentences = {0};

    report_refused(t);
    if (t->has_health && t->written[0] != '\0')
        health_describe(&t->arch, &t->health, &sentences);
    for (unsigned i = 0; i < sentences.n; ++i)
        talk_warn(t->written, "the model %s", sentences.text[i]);
}

void training_health_add(const struct training *t, json_t *result)
{
    double best;

    json_set_count(result, "refused", count_refused(t, &best));
    json_object_set_new(result, "health",
                        t->has_health ? health_json(&t->arch, &t->health) : json_null());
}
