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

/* Trainings that the options ask for and that were not begun. */
static unsigned seeds_left(const struct training *t)
{
    return t->arguments->seeds > t->attempts ? t->arguments->seeds - t->attempts : 0;
}

/* Begin one, which shares what is left of the time limit with those after it. */
static void begin(struct training *t)
{
    if (t->time_limit_s > 0.0)
        t->options.time_limit_s = (t->time_limit_s - t->before_s) / fmax(seeds_left(t), 1.0);
    t->score[t->attempts++] = (double)NAN;
}

void training_attempts_begin(struct training *t)
{
    t->time_limit_s = t->options.time_limit_s;
    begin(t);
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

    if (t->best.trainer == NULL)
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

static void announce_seed(const struct training *t)
{
    talk_say(NULL, "seed %llu: %s %.5g; seed %llu follows, %u of %u",
             (unsigned long long)t->options.seed, t->task->score_name, t->score[t->attempts - 1],
             (unsigned long long)t->options.seed + 1, t->attempts + 1, t->arguments->seeds);
}

static bool is_time_left(const struct training *t)
{
    return t->time_limit_s <= 0.0 || t->progress.seconds < t->time_limit_s;
}

/* Choose the options of what follows the present training; false if nothing does. */
static bool choose_next(struct training *t)
{
    const bool is_due = training_has_seeds(t) ? seeds_left(t) > 0 : training_may_restart(t);

    if (!is_due || !is_time_left(t) || interrupt_asked())
        return false;
    if (training_has_seeds(t))
        announce_seed(t);
    else
        training_announce_restart(t);
    keep_if_best(t);
    if (training_has_seeds(t))
        t->options.seed += 1;
    else
        training_soften(t);
    return true;
}

/* The best model of each seed is in the file before the next begins. */
bool training_next_attempt(struct training *t, enum tc_status *status, struct tc_error *error)
{
    *status = TC_OK;
    t->score[t->attempts - 1] = t->progress.best_score;
    if (training_has_seeds(t))
        training_save_best(t, true);
    if (!choose_next(t))
        return false;
    t->before_s = t->progress.seconds;
    t->progress = (struct tc_progress){
        .seconds = t->before_s, .score = (double)NAN, .best_score = (double)NAN};
    t->has_unsaved_best = false;
    begin(t);
    *status = training_new_trainer(t, error);
    return *status == TC_OK;
}

/* ------------------------------------------------------------------ results */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* A seed whose steps all failed has no score, nor has one that is not over. */
static unsigned sort_scores(const struct training *t, double sorted[MAX_SEEDS])
{
    unsigned n = 0;

    for (unsigned i = 0; i < t->attempts; ++i)
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
    for (unsigned i = 0; i < t->attempts; ++i)
        (void)json_array_append_new(array, json_pack("{s:I, s:o}", "seed",
                                                     (json_int_t)(t->arguments->seed + i), "score",
                                                     json_number(t->score[i])));
    json_object_set_new(result, "seeds", array);
}
