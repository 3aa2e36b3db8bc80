/** @file
 *  A task: from which data `tonecell train` learns what, and how the result is scored. The trainer,
 *  its options and the recurrent layers are the same for all tasks.
 *
 *  A task is a table of functions (effect.c), and its own options: a struct in struct
 *  train_arguments with the rows of their table (effect_options.c). tasks[] lists them all. */
#ifndef TONECELL_TASK_H
#define TONECELL_TASK_H

#include "cli/options.h"
#include "tonecell-train.h"

#include <jansson.h>
#include <stdbool.h>

struct train_arguments;

/** The clips of a task, which belong to its data. */
struct task_clips {
    const struct tc_clip *train, *val;
    size_t n_train, n_val;
};

/** `data` is what load() made. */
struct task {
    const char *name; /* the word of --task */

    /** Refuse operands and options of the task that contradict one another: 0, or 2 after
     *  usage_error(). */
    int (*check_options)(const struct command *self, const struct train_arguments *arguments,
                         unsigned n_operands);

    /** Load the data from the operands or the manifest, cut into clips longer than `warmup`. NULL
     *  after talk_error(); else for free_data(). */
    void *(*load)(const struct train_arguments *arguments, size_t warmup, unsigned n_operands,
                  char **operands);
    void (*free_data)(void *data);

    /** True if the data came from this file, or is listed in it. */
    bool (*uses_file)(const void *data, const char *path);

    struct task_clips (*clips)(const void *data);

    /** Set what the data decides: inputs, outputs and readout of the network, whose layers are set
     *  (the readout decides the loss, see tc_trainer_new()), sample rate and knobs of the model.
     *  Reports the data, and scores the baselines on the validation clips. Returns the exit status:
     *  0, 1 after talk_error(), or 2 after usage_error(). */
    int (*prepare)(void *data, const struct command *self, const struct train_arguments *arguments,
                   const struct tc_train_options *options, struct tc_architecture *arch,
                   struct tc_metadata *meta);

    const char *score_name; /* of tc_trainer_metric(), as messages show it: "ESR" */

    /** Print the score and those of the baselines to stdout, a line each. */
    void (*print_scores)(const void *data, const struct tc_progress *progress);

    /** Warn on stderr if the score is no better than that of a baseline. */
    void (*warn)(const void *data, const struct tc_progress *progress);

    /** Append the scores to the JSON object of the result. */
    void (*add_scores)(const void *data, const struct tc_progress *progress, json_t *result);

    /** Append data, clips and validation scores to the record in the model's metadata. */
    void (*add_record)(const void *data, const struct tc_progress *progress, json_t *record);
};

/** In the order of the words of --task. */
extern const struct task *const tasks[];

#define TASK_NAMES "effect"

#endif
