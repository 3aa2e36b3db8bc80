#include "cli/talk.h"
#include "report/esr.h"
#include "tasks/training.h"

#include <math.h>

/* By epochs or by time, whichever ends this one of several trainings first; patience may end it
 * sooner. */
static double fraction_done(const struct training *t)
{
    const struct tc_progress *const p = &t->progress;
    const double epochs = ((double)p->epoch - 1.0 + p->epoch_done) / (double)t->options.epochs;
    const double limit = t->options.time_limit_s;
    const double time = limit > 0.0 ? (p->seconds - t->before_s) / limit : 0.0;

    return fmin(fmax(fmax(epochs, time), 0.0), 1.0);
}

void training_show_progress(const struct training *t)
{
    const struct tc_progress *const p = &t->progress;
    char score[SCORE_TEXT_SIZE], best[SCORE_TEXT_SIZE];

    if (isnan(p->best_score))
        talk_progress(fraction_done(t), "epoch %u, %.0fk frames/s", p->epoch,
                      1e-3 * p->frames_per_second);
    else
        talk_progress(fraction_done(t), "epoch %u, %s %s, best %s, %.0fk frames/s", p->epoch,
                      t->task->score_name, score_text(p->score, score),
                      score_text(p->best_score, best), 1e-3 * p->frames_per_second);
}
