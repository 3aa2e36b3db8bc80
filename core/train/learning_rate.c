#include "train/learning_rate.h"

#include "clock.h"

#include <math.h>

enum { PLATEAU = 5 }; /* validations without a new best until the rate is halved */

static const double rate_floor = 1e-5;

/* Of the epochs: this alone outlives a run, so that one that was out of time resumes where its
 * epochs are. */
static double fraction_of_epochs(const struct tc_trainer *trainer)
{
    const double epochs =
        (double)trainer->state.position.epoch - 1.0 + trainer->state.totals.epoch_done;

    return fmin(fmax(epochs, 0.0) / (double)trainer->options.epochs, 1.0);
}

/* The time limit is that of the present run, which does what was left when it began. */
static double fraction_of_time(const struct tc_trainer *trainer)
{
    const double before = trainer->started_fraction;
    const double elapsed = (tc_now_s() - trainer->started_s) / trainer->options.time_limit_s;

    return fmin(before + (1.0 - before) * elapsed, 1.0);
}

void tc_learning_rate_begin_run(struct tc_trainer *trainer)
{
    trainer->started_fraction = trainer->fraction = fraction_of_epochs(trainer);
}

void tc_learning_rate_begin_step(struct tc_trainer *trainer)
{
    trainer->fraction = fraction_of_epochs(trainer);
    if (trainer->options.time_limit_s > 0.0)
        trainer->fraction = fmax(trainer->fraction, fraction_of_time(trainer));
}

double tc_learning_rate(const struct tc_trainer *trainer)
{
    const double rate = trainer->state.schedule.rate;

    if (trainer->options.schedule != TC_SCHEDULE_COSINE)
        return rate;
    return rate * 0.5 * (1.0 + cos(M_PI * trainer->fraction));
}

void tc_learning_rate_plateau(struct tc_trainer *trainer)
{
    struct tc_training_schedule *const schedule = &trainer->state.schedule;

    if (trainer->options.schedule != TC_SCHEDULE_PLATEAU || schedule->since_halved < PLATEAU)
        return;
    schedule->rate = fmax(fmin(rate_floor, schedule->rate), 0.5 * schedule->rate);
    schedule->since_halved = 0;
}
