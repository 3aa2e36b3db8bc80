#include "tasks/training_attempts.h"

#include "cli/given.h"
#include "cli/interrupt.h"
#include "cli/json_result.h"
#include "cli/talk.h"

#include <math.h>
#include <stdlib.h>

int training_seeds_check_options(const struct command *self,
                                 const struct train_arguments *arguments)
{
    if (arguments->seeds == 1)
        return 0;
    if (arguments->resume)
        return usage_error(self, "--resume goes on with one training, and --seeds %u are several",
                           arguments->seeds);
    if (is_given(arguments->checkpoint_interval_s))
        return usage_error(self, "--checkpoint-interval is not for --seeds, which write none");
    return 0;
}

bool training_has_seeds(const struct training *t)
{
    return t->arguments->seeds > 1;
}

void training_attempts_begin(struct training *t)
{
    t->attempts = 1;
    t->options.time_limit_s /= t->arguments->seeds;
}

/* ------------------------------------------------------------------ from one to the next */

/* The present training becomes the best one if it is. */
static void keep_if_best(struct training *t)
{
    struct best_attempt *const best = &t->best;

    if (t->trainer == NULL)
        return;
    if (best->trainer != NULL && !training_is_better(t, best->progress.best_score)) {
        tc_trainer_free(t->trainer);
    } else {
        tc_trainer_free(best->trainer);
        *best = (struct best_attempt){t->trainer, t->progress, t->options, t->end, t->is_second};
    }
    t->trainer = NULL;
}

void training_return_to_best(struct training *t)
{
    const double seconds = t->progress.seconds;

    if (t->attempts == 1)
        return;
    keep_if_best(t);
    t->trainer = t->best.trainer;
    t->best.trainer = NULL;
    t->progress = t->best.progress;
    t->progress.seconds = seconds;
    t->options = t->best.options;
    t->end = t->best.end;
    t->is_second = t->best.is_second;
}

/* The best model of each seed is in the file before the next begins. */
static void end_seed(struct training *t)
{
    if (t->n_scores == t->arguments->seeds)
        return;
    t->score[t->n_scores++] = t->progress.best_score;
    training_save_best(t, true);
}

static bool seed_follows(const struct training *t)
{
    const double part = t->options.time_limit_s / t->n_scores;

    if (t->n_scores == t->arguments->seeds || interrupt_asked())
        return false;
    return part <= 0.0 || t->progress.seconds < part * (t->n_scores + 1);
}

static void prepare_seed(struct training *t)
{
    const unsigned n = t->n_scores;

    talk_say(NULL, "seed %llu: %s %.5g; seed %llu follows, %u of %u",
             (unsigned long long)t->options.seed, t->task->score_name, t->score[n - 1],
             (unsigned long long)t->options.seed + 1, n + 1, t->arguments->seeds);
    t->options.seed += 1;
    t->options.time_limit_s += t->options.time_limit_s / n;
}

/* ------------------------------------------------------------------ what follows */

bool training_next_attempt(struct training *t, enum tc_status *status, struct tc_error *error)
{
    *status = TC_OK;
    if (training_has_seeds(t)) {
        end_seed(t);
        if (!seed_follows(t))
            return false;
        keep_if_best(t);
        prepare_seed(t);
    } else {
        if (!training_may_restart(t))
            return false;
        training_announce_restart(t);
        keep_if_best(t);
        training_soften(t);
    }
    ++t->attempts;
    t->before_s = t->progress.seconds;
    t->progress = (struct tc_progress){
        .seconds = t->before_s, .score = (double)NAN, .best_score = (double)NAN};
    t->has_unsaved_best = false;
    *status = training_new_trainer(t, error);
    return *status == TC_OK;
}

/* ------------------------------------------------------------------ results */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* A seed whose steps all failed has no score. */
static unsigned sort_scores(const struct training *t, double sorted[MAX_SEEDS])
{
    unsigned n = 0;

    for (unsigned i = 0; i < t->n_scores; ++i)
        if (isfinite(t->score[i]))
            sorted[n++] = t->score[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    return n;
}

void training_seeds_report(const struct training *t)
{
    double sorted[MAX_SEEDS];
    const unsigned n = training_has_seeds(t) ? sort_scores(t, sorted) : 0;

    if (n == 0)
        return;
    talk_say(NULL, "%u of %u seeds: %s %.5g to %.5g, median %.5g; the best is seed %llu", n,
             t->arguments->seeds, t->task->score_name, sorted[0], sorted[n - 1],
             0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]), (unsigned long long)t->options.seed);
}

void training_seeds_add(const struct training *t, json_t *result)
{
    json_t *array;

    if (!training_has_seeds(t))
        return;
    array = json_array();
    for (unsigned i = 0; i < t->n_scores; ++i)
        (void)json_array_append_new(array, json_pack("{s:I, s:o}", "seed",
                                                     (json_int_t)(t->arguments->seed + i), "score",
                                                     json_number(t->score[i])));
    json_object_set_new(result, "seeds", array);
}
