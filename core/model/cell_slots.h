/** @file
 *  Slots: the sums of a unit, and which matrix feeds them. Plain C and training keep them in this
 *  order; kernels of streams take from them what a product with the state consists of.
 *
 *      cell                 slots         W x      U h      U (r h)
 *      rnn                  h             h        h
 *      lstm                 i f g o       all      all
 *      gru                  n r z q       n r z    r z q
 *      gru, reset before    n r z (r h)   n r z    r z      n
 *
 *      q = U_n h + b_hn;  (r h) is no sum, but what U_n is multiplied by */
#ifndef TC_CELL_SLOTS_H
#define TC_CELL_SLOTS_H

#include "tonecell.h"

/** Consecutive slots, and for each the gate of the matrix (its block of rows) that feeds it. */
struct tc_fed_slots {
    unsigned first, count;
    unsigned char gates[TC_MAX_GATES];
};

struct tc_cell_slots {
    unsigned count;
    struct tc_fed_slots input; /* by W_ih, b_ih: one slot for each gate */
    struct tc_fed_slots
        state; /* by W_hh times h; gates in rising order, all but those of `reset` */
    struct tc_fed_slots
        reset; /* by W_hh times r h: a second product, where the reset comes first */
    struct tc_fed_slots state_bias; /* by b_hh */
    unsigned r, reset_state;        /* the slots of r and r h, where there is that product */
};

enum { TC_MAX_SLOTS = 4 };

/** Slots of an LSTM, in the order of its gates; of a GRU. */
enum { SLOT_I, SLOT_F, SLOT_G, SLOT_O };
enum { SLOT_N, SLOT_R, SLOT_Z, SLOT_Q, SLOT_RESET_STATE = SLOT_Q };

#endif
