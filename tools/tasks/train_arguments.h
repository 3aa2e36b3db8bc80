/** @file
 *  The command line of train: the options that all tasks share, and a struct of each task's own.
 *  What the trainer makes of them is in trainer_options.h. */
#ifndef TONECELL_TRAIN_ARGUMENTS_H
#define TONECELL_TRAIN_ARGUMENTS_H

#include "cli/analogue_levels.h"
#include "cli/cell_choice.h"
#include "cli/options.h"
#include "plugins/model_texts.h"
#include "tasks/effect_options.h"
#include "tonecell.h"

#include <limits.h>

/** --effort. */
enum { EFFORT_QUICK, EFFORT_NORMAL, EFFORT_BEST, N_EFFORTS };

/** --optimizer. */
enum { OPTIMIZER_ADAM, OPTIMIZER_ADAMW, OPTIMIZER_SGD, OPTIMIZER_RMSPROP };

/** Options that bench --train has, too: each an unsigned, UINT_NOT_GIVEN before parsing. */
#define BATCH_OPTION(offset, otherwise)                 \
    OPT_ROW(0, "batch", OPT_UINT, offset, 1, 4096, "N", \
            "batch size: sequences trained in parallel [" otherwise "]", GROUP_TRAINING, EVERYDAY)
#define TRUNCATE_OPTION(offset)                                                                   \
    OPT_ROW(                                                                                      \
        0, "truncate", OPT_UINT, offset, 1, 1e6, "FRAMES",                                        \
        "chunk length K: frames between two updates, and between two cuts of the gradient [512]", \
        GROUP_TRUNCATION, EVERYDAY)
#define THREADS_OPTION(offset)                                                                  \
    OPT_ROW('j', "threads", OPT_UINT, offset, 1, 1024, "N", "number of threads [one per core]", \
            GROUP_GENERAL, EVERYDAY)

/** As given (cli/given.h); see the table in cmd_train.c. */
struct train_arguments {
    const char *output, *manifest, *from, *teacher, *report;
    const char *task; /* its name */
    struct effect_options effect;
    struct cell_choice cell;
    int activation, initial, start, optimizer, schedule;
    struct uint_list hidden;
    unsigned layers;
    bool no_skip, residual, layer_norm, batch_norm, orthogonal, normalised;
    double negatives, recurrent_rate, initial_scale, forget_bias, dropout;
    unsigned batch, warmup, segment_warmup, truncate, lookback, memory, epochs, patience, threads;
    int loss, pre_emphasis;
    double dc_weight, momentum, average, stft_weight;
    int truncation;
    double tail, learning_rate, clip_value, clip_norm, weight_decay, time_limit_s;
    int effort;
    uint64_t seed;
    unsigned seeds;
    struct model_texts texts;
    struct analogue_levels levels;
    double checkpoint_interval_s;
    bool json, verbose, force, keep, resume, anti_alias;
};

extern const struct train_arguments train_defaults;

/** Whether an option of the network was given. */
bool train_arguments_shape_network(const struct train_arguments *arguments);

/** Set cell, activation and hidden size where they were not given; before all below. */
void train_arguments_complete(struct train_arguments *arguments);

/** The number of recurrent layers, which --layers or --hidden gives. */
unsigned train_arguments_layers(const struct train_arguments *arguments);

/** Set the layers of the network; its inputs and outputs depend on the task. */
void train_arguments_set_layers(struct tc_architecture *arch,
                                const struct train_arguments *arguments);

/** Refuse options that contradict one another, whatever the task: 0, or 2 after usage_error(). */
int train_arguments_check(const struct command *self, const struct train_arguments *arguments);

/** Set `path` to MODEL.rejected, where --keep keeps a model that is of no use. Returns it. */
const char *rejected_path(const char *model, char path[PATH_MAX]);

#endif
