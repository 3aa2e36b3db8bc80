#include "train/rejection.h"

#include "train/sequences.h"
#include "train/parameters.h"

enum { GIVE_UP_AFTER = 10 }; /* steps; the learning rate is a thousandth then */

enum tc_status tc_rejection_fail(const struct tc_trainer *trainer, struct tc_error *error)
{
    const unsigned rejected = trainer->state.totals.rejected;

    return tc_fail(
        error, TC_BAD_VALUE,
        "%u step%s gave a loss, gradient or weight that is not finite, at learning rates "
        "from %g down to %g: try a smaller one, or look for extreme values in the data",
        rejected, rejected == 1 ? "" : "s", (double)trainer->options.learning_rate,
        2.0 * trainer->state.schedule.rate);
}

enum tc_status tc_rejection_check(const struct tc_trainer *trainer, struct tc_error *error)
{
    return trainer->state.totals.rejected < GIVE_UP_AFTER ? TC_OK
                                                          : tc_rejection_fail(trainer, error);
}

enum tc_status tc_rejection_undo(struct tc_trainer *trainer, struct tc_error *error)
{
    struct tc_training_schedule *const schedule = &trainer->state.schedule;

    schedule->last_rejected = true;
    schedule->since_halved = 0;
    schedule->rate *= 0.5;
    tc_parameters_restore_best(trainer);
    tc_sequences_reset(trainer);
    ++trainer->state.totals.rejected;
    return tc_rejection_check(trainer, error);
}
