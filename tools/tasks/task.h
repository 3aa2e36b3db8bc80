/** @file
 *  A task: from which data `tonecell train` learns what, and how the result is scored. The trainer,
 *  its options and the recurrent layers are the same for all tasks.
 *
 *  A task is a struct task (effect.c). Its own options are a struct in struct train_arguments with
 *  a table of their rows (effect_options.c). task.c lists them all. */
#ifndef TONECELL_TASK_H
#define TONECELL_TASK_H

#include "cli/options.h"
#include "page/page.h"
#include "report/model_verdict.h"
#include "tonecell-train.h"

#include <jansson.h>
#include <stdbool.h>

struct teacher;
struct train_arguments;

/** The clips of a task, which belong to its data. */
struct task_clips {
    const struct tc_clip *train, *val;
    size_t n_train, n_val;
};

/** `data` is what load() made. */
struct task {
    const char *name;                /* the word of --task */
    const struct opt_table *options; /* added to those of train */

    /** Refuse operands and options of the task that contradict one another: 0, or 2 after
     *  usage_error(). */
    int (*check_options)(const struct command *self, const struct train_arguments *arguments,
                         unsigned n_operands, char **operands);

    /** Load the data from the operands or the manifest, cut into clips longer than `warmup`, with
     *  the output of the teacher, if there is one, as target. NULL after talk_error(); else for
     *  free_data(). */
    void *(*load)(const struct train_arguments *arguments, const struct teacher *teacher,
                  size_t warmup, unsigned n_operands, char **operands);
    void (*free_data)(void *data);

    /** True if the data came from this file, or is listed in it. */
    bool (*uses_file)(const void *data, const char *path);

    struct task_clips (*clips)(const void *data);

    /** Of the network. It decides the loss and the score, tc_trainer_metric(): of a linear readout
     *  0.75 ESR + 0.25 DC and the ESR, of logistic and softmax the cross-entropy. */
    enum tc_readout readout;

    /** Set what the data decides: inputs and outputs of the network, whose layers and readout are
     *  set, sample rate and knobs of the model, and options that are not given. Reports the data,
     *  and scores the baselines on the validation clips. Returns the exit status: 0, 1 after
     *  talk_error(), or 2 after usage_error(). */
    int (*prepare)(void *data, const struct command *self, const struct train_arguments *arguments,
                   struct tc_train_options *options, struct tc_architecture *arch,
                   struct tc_metadata *meta);

    const char *score_name; /* of tc_trainer_metric(), as messages show it: "ESR" */

    /** Print the score and those of the baselines to stdout, a line each. */
    void (*print_scores)(const void *data, const struct tc_progress *progress);

    /** What its models are measured by. */
    struct verdict_scale (*scale)(const void *data);

    /** Append the scores to the JSON object of the result. */
    void (*add_scores)(const void *data, const struct tc_progress *progress, json_t *result);

    /** Append data, clips and validation scores to the record in the model's metadata. */
    void (*add_record)(const void *data, const struct tc_progress *progress, json_t *record);

    /** The score of a model on the validation clips with their recorded targets, where a teacher's
     *  output has taken the place of these for the trainer; NAN if there are none. Errors: as
     *  fill_page(). */
    enum tc_status (*score_recorded)(const void *data, const struct tc_model *model, size_t warmup,
                                     double *score, struct tc_error *error);

    /** Play the model on the validation clips, and set what --report shows of them: `signals`
     *  (zeroed; scored_signals_free() in any case) and of the page `scored_on`, `recordings` and
     *  `scores`. Errors: TC_NO_MEMORY, and those of tc_player_new(). */
    enum tc_status (*fill_page)(const void *data, const struct tc_model *model,
                                const struct tc_progress *progress, size_t warmup,
                                struct scored_signals *signals, struct page *page,
                                struct tc_error *error);
};

/** The row of --task for a text field, and what the field is before parsing. */
#define TASK_DEFAULT "effect"
#define TASK_OPTION(offset)                                                               \
    OPT_ROW(0, "task", OPT_TEXT, offset, 0, 0, "TASK",                                    \
            "what to learn: effect = an audio effect, from pairs of recordings [effect]", \
            GROUP_DATA, EXPERT)

/** The task of a name; NULL after usage_error(). */
const struct task *task_find(const struct command *self, const char *name);

/** The table of options of the task `index`; NULL past the last. */
const struct opt_table *task_options(size_t index);

#endif
