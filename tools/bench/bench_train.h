/** @file
 *  tonecell bench --train. */
#ifndef TONECELL_BENCH_TRAIN_H
#define TONECELL_BENCH_TRAIN_H

#include "tasks/cell_choice.h"
#include "cli/options.h"

/** Options that are not given have the defaults of `tonecell train`. */
struct bench_train_options {
    struct cell_choice cell;
    struct uint_list hidden;           /* units of each layer; n 0: not given */
    unsigned batch, truncate, threads; /* 0: not given */
};

/** Measure and print, as JSON or for people. Returns the exit status. */
int bench_train(const struct bench_train_options *options, bool json);

#endif
