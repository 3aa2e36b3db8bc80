/** @file
 *  Attempts to write a file now and then during a training. One that fails, on a full disk or in a
 *  folder that became read-only, costs nothing but a message: the file is as before, and a later
 *  attempt may succeed. */
#ifndef TONECELL_SAVE_ATTEMPTS_H
#define TONECELL_SAVE_ATTEMPTS_H

#include "tonecell.h"

/** How long the terminal may show a best model that is not on disk. */
#define BEST_INTERVAL_S 30.0

/** Of one file; all zero before the first attempt. */
struct save_attempts {
    double last_s; /* when the last one was, in seconds of the training */
    bool failed;   /* it did */
};

/** Note the end of an attempt on `file` at `now_s`. Of failures in a row the first is reported, and
 *  so is the success after them. */
void save_attempts_note(struct save_attempts *attempts, const char *file, double now_s,
                        enum tc_status status, const struct tc_error *error);

/** Whether the next one is due, `interval_s` after the last; half a minute after one that failed,
 *  if that is sooner. */
bool save_attempts_due(const struct save_attempts *attempts, double now_s, double interval_s);

#endif
