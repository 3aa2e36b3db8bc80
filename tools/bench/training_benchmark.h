/** @file
 *  What `tonecell bench --train` measures: the speed of training, beside the limits of the machine.
 */
#ifndef TONECELL_TRAINING_BENCHMARK_H
#define TONECELL_TRAINING_BENCHMARK_H

#include "bench/machine_limits.h"
#include "bench/timed_training.h"
#include "cli/options.h"
#include "cli/cell_choice.h"

/** Options that are not given (cli/given.h) have the defaults of `tonecell train`. */
struct training_benchmark_options {
    struct cell_choice cell;
    struct uint_list hidden; /* units of each layer */
    unsigned batch, truncate, threads;
};

struct training_benchmark {
    struct tc_architecture arch;
    struct tc_train_options options;
    struct training_time time;
    struct machine_limits limits;
    double gflops;          /* of all threads */
    double percent;         /* of the peak of as many cores as there are threads */
    double bytes_per_frame; /* of one sequence */
    char cpu[CPU_NAME_SIZE];
};

/** Train for some seconds, with progress. Errors: as timed_training(). */
enum tc_status training_benchmark_run(struct training_benchmark *benchmark,
                                      const struct training_benchmark_options *options,
                                      struct tc_error *error);

/** Print it as text. */
void training_benchmark_print(const struct training_benchmark *benchmark);

/** Print it as one JSON object. False without memory. */
bool training_benchmark_print_json(const struct training_benchmark *benchmark);

#endif
