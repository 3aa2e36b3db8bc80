/** @file
 *  A progress function that records its calls and checks them. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include "tonecell-train.h"

/** Summary of the progress reported. */
struct train_log {
    struct tc_progress last;
    unsigned calls, validations;
    uint64_t updates_before;      /* at the previous validation */
    double first_loss, last_loss; /* of the first and the last epoch */
    double least_done;            /* least epoch_done at a validation */
    unsigned stop_at_update;      /* 0 = never */
    unsigned stop_at_validation;  /* 0 = never */
};

/** A log without calls, which never stops the training. */
struct train_log train_log_new(void);

/** Check the fields of a call against their documentation. `user` is the log. */
bool train_log_watch(const struct tc_progress *p, void *user);

#endif
