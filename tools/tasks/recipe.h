/** @file
 *  The options of train, and the recipe and network that they make. */
#ifndef RECIPE_H
#define RECIPE_H

#include "tasks/cell_choice.h"
#include "cli/commands.h"
#include "plugins/model_texts.h"
#include "tonecell-train.h"

#include <limits.h>

/** A numeric option that was not given: outside every range; and a choice. */
#define NOT_SAID UINT_MAX
#define NOT_CHOSEN (-1)

/** --effort. */
enum { EFFORT_QUICK, EFFORT_NORMAL, EFFORT_BEST, N_EFFORTS };

/** Options that bench --train has, too: each an unsigned. */
#define BATCH_OPTION(offset)                            \
    OPT_ROW(0, "batch", OPT_UINT, offset, 1, 4096, "N", \
            "batch size: sequences trained in parallel [32]", GROUP_TRAINING, EVERYDAY)
#define TRUNCATE_OPTION(offset)                                                                   \
    OPT_ROW(                                                                                      \
        0, "truncate", OPT_UINT, offset, 1, 1e6, "FRAMES",                                        \
        "chunk length K: frames between two updates, and between two cuts of the gradient [512]", \
        GROUP_TRUNCATION, EVERYDAY)
#define THREADS_OPTION(offset)                                                                  \
    OPT_ROW('j', "threads", OPT_UINT, offset, 1, 1024, "N", "number of threads [one per core]", \
            GROUP_GENERAL, EVERYDAY)

/** What was said; see the table in cmd_train.c. */
struct train_options {
    const char *output, *manifest;
    struct cell_choice cell;
    int activation, initial, start, optimizer;
    struct uint_list hidden;
    unsigned layers;
    bool no_skip, residual, layer_norm, batch_norm, orthogonal, normalised;
    double negatives, recurrent_rate, forget_bias, dropout;
    unsigned batch, warmup, truncate, lookback, memory, epochs, patience, threads;
    int truncation;
    double tail, learning_rate, clip_value, clip_norm, weight_decay, time_limit_s;
    int effort;
    uint64_t seed;
    struct model_texts texts;
    struct text_list knob_ranges;
    double delay;
    bool no_align, json, verbose;
};

extern const struct train_options train_defaults;

/** What options and operands contradict. Returns 0, or 2 once it is said. */
int train_options_check(const struct command *self, const struct train_options *o,
                        unsigned n_operands);

/** The recommended recipe for the effort, but for what the options say. */
void recipe_choose(struct tc_train_options *recipe, const struct train_options *o);

/** What the trainer would refuse, too, in terms of the options. Returns 0, or 2 once it is said. */
int recipe_check(const struct command *self, const struct tc_train_options *recipe,
                 const struct train_options *o);

/** The network; the direct path and the knobs follow once the recordings are known. */
void recipe_shape(struct tc_architecture *arch, const struct train_options *o);

#endif
