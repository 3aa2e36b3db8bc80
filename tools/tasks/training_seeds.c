#include "tasks/training_seeds.h"

#include "cli/interrupt.h"
#include "cli/json_result.h"
#include "cli/talk.h"

#include <math.h>
#include <stdlib.h>

int training_seeds_check_options(const struct command *self,
                                 const struct train_arguments *arguments)
{
    if (arguments->seeds > 1 && arguments->resume)
        return usage_error(self, "--resume goes on with one training, and --seeds %u are several",
                           arguments->seeds);
    return 0;
}

bool training_has_seeds(const struct training *t)
{
    return t->arguments->seeds > 1;
}

void training_seeds_begin(struct training *t)
{
    t->options.time_limit_s /= t->arguments->seeds;
}

/* ------------------------------------------------------------------ from seed to seed */

static bool is_better(const struct training *t, double score, double than)
{
    if (isnan(score) || isnan(than))
        return !isnan(score);
    return tc_trainer_metric(t->trainer)->higher_is_better ? score > than : score < than;
}

static void note_score(struct training *t)
{
    struct seed_results *const seeds = &t->seeds;
    const double score = t->progress.best_score;

    seeds->score[seeds->n] = score;
    if (seeds->best != NULL && !is_better(t, score, seeds->best_progress.best_score)) {
        tc_trainer_free(t->trainer);
    } else {
        tc_trainer_free(seeds->best);
        seeds->best = t->trainer;
        seeds->best_progress = t->progress;
        seeds->best_index = seeds->n;
        seeds->best_end = t->end;
    }
    t->trainer = NULL;
    ++seeds->n;
}

static void return_to_best(struct training *t)
{
    struct seed_results *const seeds = &t->seeds;
    const double seconds = t->progress.seconds;

    tc_trainer_free(t->trainer);
    t->trainer = seeds->best;
    seeds->best = NULL;
    t->progress = seeds->best_progress;
    t->progress.seconds = seconds;
    t->end = seeds->best_end;
    t->options.seed = t->arguments->seed + seeds->best_index;
}

static enum tc_status prepare_next(struct training *t, struct tc_error *error)
{
    const double limit = t->options.time_limit_s / t->seeds.n;

    t->options.seed = t->arguments->seed + t->seeds.n;
    t->options.time_limit_s += limit;
    t->before_s = t->progress.seconds;
    t->progress = (struct tc_progress){
        .seconds = t->before_s, .score = (double)NAN, .best_score = (double)NAN};
    t->has_unsaved_best = false;
    return training_new_trainer(t, error);
}

bool training_next_seed(struct training *t, enum tc_status *status, struct tc_error *error)
{
    *status = TC_OK;
    if (!training_has_seeds(t))
        return false;
    note_score(t);
    if (t->seeds.n < t->arguments->seeds && !interrupt_asked()) {
        talk_say(NULL, "seed %llu: %s %.5f; seed %llu follows, %u of %u",
                 (unsigned long long)(t->arguments->seed + t->seeds.n - 1), t->task->score_name,
                 t->seeds.score[t->seeds.n - 1],
                 (unsigned long long)(t->arguments->seed + t->seeds.n), t->seeds.n + 1,
                 t->arguments->seeds);
        *status = prepare_next(t, error);
        if (*status == TC_OK)
            return true;
    }
    return_to_best(t);
    return false;
}

/* ------------------------------------------------------------------ results */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void training_seeds_report(const struct training *t)
{
    const unsigned n = t->seeds.n;
    double sorted[MAX_SEEDS];

    if (!training_has_seeds(t) || n == 0)
        return;
    for (unsigned i = 0; i < n; ++i)
        sorted[i] = t->seeds.score[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    talk_say(NULL, "%u seed%s: %s %.5f to %.5f, median %.5f; that of seed %llu is kept", n,
             n == 1 ? "" : "s", t->task->score_name, sorted[0], sorted[n - 1],
             0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]), (unsigned long long)t->options.seed);
}

void training_seeds_add(const struct training *t, json_t *result)
{
    json_t *array;

    if (!training_has_seeds(t))
        return;
    array = json_array();
    for (unsigned i = 0; i < t->seeds.n; ++i)
        (void)json_array_append_new(array, json_pack("{s:I, s:o}", "seed",
                                                     (json_int_t)(t->arguments->seed + i), "score",
                                                     json_number(t->seeds.score[i])));
    json_object_set_new(result, "seeds", array);
}
