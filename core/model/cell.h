/** @file
 *  What kinds of cells have in common. */
#ifndef TC_CELL_H
#define TC_CELL_H

#include "tonecell.h"

/** Does it keep cells c beside its output h, with or without peepholes? */
static inline bool tc_cell_is_lstm(enum tc_cell cell)
{
    return cell == TC_CELL_LSTM || cell == TC_CELL_LSTM_PEEPHOLE;
}

/** Has it the gates r, z, n of a GRU, whichever way it resets? */
static inline bool tc_cell_is_gru(enum tc_cell cell)
{
    return cell == TC_CELL_GRU || cell == TC_CELL_GRU_RESET_BEFORE;
}

#endif
