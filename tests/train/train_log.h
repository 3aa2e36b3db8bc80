/** @file
 *  A progress function that keeps what it is told and holds the trainer to its word. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include "tonecell-train.h"

/** What the progress function was told. */
struct train_log {
    struct tc_progress last;
    unsigned calls, validations, rejected_in_row;
    uint64_t updates_before;      /* until the validation before */
    double first_loss, last_loss; /* of the first and the last epoch */
    double least_done;            /* least epoch_done at a validation */
    unsigned stop_at_update;      /* 0 = never */
    unsigned stop_at_validation;  /* 0 = never */
};

/** Of no call yet, and not to stop. */
struct train_log train_log_new(void);

/** Holds every call to what the header says of its fields. `user` is the log. */
bool train_log_watch(const struct tc_progress *p, void *user);

#endif
