#include "cli/interrupt.h"
#include "cli/talk.h"
#include "report/esr.h"
#include "tasks/training_attempts.h"

#include <math.h>

static void report_memory(const struct training *t)
{
    unsigned sequences;
    const double bytes = (double)tc_trainer_memory(t->trainer, &sequences);
    const unsigned frames = t->options.lookback ? t->options.lookback : t->options.truncate;

    talk_say(NULL,
             "%.1f MB for %u sequences in chunks of %u frames: %.0f bytes per sequence and frame; "
             "kernels %s",
             1e-6 * bytes, sequences, frames, bytes / ((double)sequences * frames),
             tc_trainer_kernels(t->trainer));
}

static bool on_progress(const struct tc_progress *progress, void *user)
{
    struct training *const t = user;
    const bool stopping = interrupt_asked();

    t->progress = *progress;
    t->progress.seconds += t->before_s;
    t->has_unsaved_best = t->has_unsaved_best || (progress->validated && progress->improved);
    training_checkpoint(t, stopping);
    training_save_best(t, false);
    training_show_progress(t);
    return !stopping;
}

static bool failed(const char *file, const struct tc_error *error)
{
    talk_error(file, "%s", error->message);
    return false;
}

/* A training that failed keeps the best model that it found before, if it is of use. */
static void save_after_failure(struct training *t)
{
    char score[SCORE_TEXT_SIZE];

    if (isnan(t->progress.best_score) || !training_save(t))
        return;
    if (!training_is_rejected(t))
        talk_warn(t->written, "the best model until then is kept, with %s %s", t->task->score_name,
                  score_text(t->progress.best_score, score));
    training_report_verdict(t);
}

static enum tc_status run(struct training *t, struct tc_error *error)
{
    enum tc_status status;

    talk_progress_begin(t->options.schedule != TC_SCHEDULE_COSINE);
    status = tc_trainer_run(t->trainer, on_progress, t, &t->end, error);
    talk_progress_end();
    return status;
}

/* One of several trainings that fails does not end the others: its best model until then counts. */
static enum tc_status run_seed(struct training *t, struct tc_error *error)
{
    const enum tc_status status = run(t, error);

    if (status != TC_BAD_VALUE || !training_has_seeds(t))
        return status;
    talk_warn(NULL, "seed %llu: %s", (unsigned long long)t->options.seed, error->message);
    t->end = TC_END_PATIENCE;
    return TC_OK;
}

/* Train, and save the best model. */
static bool run_and_save(struct training *t)
{
    struct tc_error error;
    enum tc_status status;
    bool saved = false;

    interrupt_begin();
    status = run_seed(t, &error);
    while (status == TC_OK && training_next_attempt(t, &status, &error))
        status = run_seed(t, &error);
    training_return_to_best(t);
    interrupt_block();
    if (status == TC_OK) {
        saved = training_save(t);
        training_checkpoint_end(t, saved);
        training_measure_health(t);
    } else {
        t->has_failed = true;
        failed(NULL, &error);
        save_after_failure(t);
    }
    interrupt_end();
    return saved;
}

bool training_fit(struct training *t)
{
    struct tc_error error;

    training_attempts_begin(t);
    if (training_new_trainer(t, &error) != TC_OK)
        return failed(NULL, &error);
    if (t->arguments->verbose)
        report_memory(t);
    t->progress.best_score = (double)NAN;
    return training_resume(t) && run_and_save(t);
}
