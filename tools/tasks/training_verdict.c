#include "cli/given.h"
#include "cli/talk.h"
#include "report/esr.h"
#include "tasks/training.h"

#include <stdio.h>

enum model_verdict training_verdict(const struct training *t)
{
    const struct verdict_scale scale = t->task->scale(t->data);

    return model_verdict_of(t->progress.best_score, &scale);
}

/* The end was the user's wish, and not that of a training which has flattened out. A second
 * training follows one that has. */
static bool was_limited(const struct training *t)
{
    if (t->has_failed)
        return false;
    if (t->end == TC_END_STOPPED)
        return true;
    if (t->is_second)
        return false;
    return t->end == TC_END_TIME || (t->end == TC_END_EPOCHS && is_given(t->arguments->epochs));
}

bool training_is_rejected(const struct training *t)
{
    return !was_limited(t) && training_verdict(t) == MODEL_WORSE;
}

const char *training_comparison(const struct training *t, struct comparison_text *text)
{
    const struct verdict_scale scale = t->task->scale(t->data);
    const struct baseline baseline = model_verdict_baseline(t->progress.best_score, &scale);
    char its[SCORE_TEXT_SIZE], models[SCORE_TEXT_SIZE];

    (void)snprintf(text->text, sizeof text->text, "%s (%s %s, the model's is %s)", baseline.name,
                   t->task->score_name, score_text(baseline.score, its),
                   score_text(t->progress.best_score, models));
    return text->text;
}

static void report_rejection(const struct training *t, const char *baselines)
{
    char seeds[32] = "";

    if (t->attempts == 2)
        snprintf(seeds, sizeof seeds, ", from two seeds");
    else if (t->attempts > 2)
        snprintf(seeds, sizeof seeds, ", from %u seeds", t->attempts);
    if (t->written[0] != '\0')
        talk_error(t->arguments->output,
                   "not written: the model is no better than %s%s; it is kept as %s", baselines,
                   seeds, t->written);
    else
        talk_error(t->arguments->output,
                   "not written: the model is no better than %s%s; with --keep it would be kept",
                   baselines, seeds);
    talk_warn(NULL,
              "what may help: a longer recording, one that tonecell doctor finds nothing wrong "
              "with, more units (--hidden) or a longer training (--effort best)");
}

void training_report_verdict(const struct training *t)
{
    struct comparison_text text;
    const char *const baselines = training_comparison(t, &text);
    const enum model_verdict verdict = training_verdict(t);

    if (training_is_rejected(t))
        report_rejection(t, baselines);
    else if (verdict == MODEL_WORSE)
        talk_warn(t->written,
                  "not ready for use: the model is no better than %s; train it for longer",
                  baselines);
    else if (verdict == MODEL_EQUAL)
        talk_warn(
            NULL,
            "the model is about as good as %s, or what it misses is too soft to be heard: the "
            "device may need no network",
            baselines);
}
