/** @file
 *  The recurrent cell of a network, from the options of train and bench --train. */
#ifndef TONECELL_CELL_CHOICE_H
#define TONECELL_CELL_CHOICE_H

#include "cli/options.h"
#include "tonecell.h"

struct cell_choice {
    int cell; /* TC_CELL_RNN, _LSTM or _GRU; not given: an LSTM */
    bool peephole;
    int reset; /* 0 after, 1 before; not given: after */
};

/** Its options, for a choice at `offset`: the cell, and the variants of cells. */
#define CELL_OPTION(offset)                                                             \
    OPT_ROW(0, "cell", OPT_CHOICE, (offset) + offsetof(struct cell_choice, cell), 0, 0, \
            "rnn|lstm|gru", "type of recurrent cell [lstm]", GROUP_NETWORK, EVERYDAY)
#define CELL_VARIANT_OPTIONS(offset)                                                            \
    OPT_ROW(0, "peephole", OPT_FLAG, (offset) + offsetof(struct cell_choice, peephole), 0, 0,   \
            NULL, "LSTM: peephole connections from the cell state to the gates", GROUP_NETWORK, \
            EXPERT),                                                                            \
        OPT_ROW(0, "reset", OPT_CHOICE, (offset) + offsetof(struct cell_choice, reset), 0, 0,   \
                "after|before",                                                                 \
                "GRU: apply the reset gate after the product with the recurrent matrix, as "    \
                "PyTorch does, or before it [after]",                                           \
                GROUP_NETWORK, EXPERT)

/** True if any of them was given. */
bool cell_choice_given(const struct cell_choice *choice);

/** 0, or what usage_error() returns for options that do not go together. */
int cell_choice_check(const struct command *self, const struct cell_choice *choice);

/** The cell of a choice that passed. */
enum tc_cell cell_choice_cell(const struct cell_choice *choice);

#endif
