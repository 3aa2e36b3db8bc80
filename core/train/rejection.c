#include "train/rejection.h"

#include "train/sequences.h"
#include "train/parameters.h"

enum {
    RESTART_AFTER = 8,  /* steps rejected without a new best before the best weights return */
    GIVE_UP_AFTER = 64, /* steps rejected in a row that end the training */
};

enum tc_status tc_rejection_fail(const struct tc_trainer *trainer, struct tc_error *error)
{
    return tc_fail(error, TC_BAD_VALUE,
                   "%u steps in a row gave a loss or gradient that is not finite: try a smaller "
                   "learning rate",
                   trainer->state.schedule.rejected_in_row);
}

enum tc_status tc_rejection_count(struct tc_trainer *trainer, struct tc_error *error)
{
    struct tc_training_schedule *const schedule = &trainer->state.schedule;

    ++trainer->state.totals.rejected;
    ++schedule->rejected_in_row;
    ++schedule->rejected_since_restart;
    if (schedule->rejected_in_row >= GIVE_UP_AFTER)
        return tc_rejection_fail(trainer, error);
    if (schedule->rejected_since_restart >= RESTART_AFTER) {
        schedule->rejected_since_restart = 0;
        tc_parameters_restore_best(trainer);
        schedule->rate *= 0.5;
    }
    tc_sequences_reset(trainer);
    return TC_OK;
}
