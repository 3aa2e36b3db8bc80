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

#endif
