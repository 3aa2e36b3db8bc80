#include "train_log.h"

#include "tests/support/support.h"

#include <math.h>

static void check_validation(const struct train_log *log, const struct tc_progress *p)
{
    const double before = log->last.best_score;

    ck_assert_uint_eq(p->updates, log->last.updates);
    ck_assert_double_gt(p->score, 0.0);
    ck_assert_int_eq(p->improved, isnan(before) || p->score < before);
    ck_assert_double_eq(p->best_score, p->improved ? p->score : before);
    ck_assert_int_eq(p->loss > 0.0, p->updates > log->updates_before);
}

static void check_update(struct train_log *log, const struct tc_progress *p)
{
    ck_assert(!p->improved);
    ck_assert_uint_eq(p->updates + p->rejected, log->last.updates + log->last.rejected + 1);
    ck_assert_uint_gt(p->frames, log->last.frames);
    ck_assert_int_eq(isnan(p->score), log->validations == 0);
    ck_assert_int_eq(isnan(p->best_score), log->validations == 0);
    if (p->epoch == log->last.epoch)
        ck_assert_double_gt(p->epoch_done, log->last.epoch_done);
    else
        ck_assert_uint_eq(p->epoch, log->last.epoch + 1);
}

bool train_log_watch(const struct tc_progress *p, void *user)
{
    struct train_log *const log = user;

    support_require(p->epoch_done > 0.0 && p->epoch_done <= 1.0 + 1e-9, "epoch_done is %g",
                    p->epoch_done);
    ck_assert_double_ge(p->seconds, log->last.seconds);
    if (p->validated)
        check_validation(log, p);
    else
        check_update(log, p);
    ++log->calls;
    log->last = *p;
    if (p->validated) {
        log->last_loss = p->loss;
        log->updates_before = p->updates;
        log->least_done = fmin(log->least_done, p->epoch_done);
        if (++log->validations == 1)
            log->first_loss = p->loss;
    }
    return !(log->stop_at_update && p->updates >= log->stop_at_update) &&
           !(log->stop_at_validation && log->validations >= log->stop_at_validation);
}

struct train_log train_log_new(void)
{
    return (struct train_log){.last = {.score = (double)NAN, .best_score = (double)NAN},
                              .least_done = 1.0};
}
