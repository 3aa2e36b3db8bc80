/** @file
 *  Slots: the sums of a unit that training keeps, of one vector of units each; and which matrix
 *  feeds them. One row per cell.
 *
 *      cell                 slots         W x      U h      U (r h)   peepholes
 *      rnn                  h             h        h
 *      lstm                 i f g o       all      all                i f o
 *      gru                  n r z q       n r z    r z q
 *      gru, reset before    n r z (r h)   n r z    r z      n
 *
 *      q = U_n h + b_hn;  (r h) is no sum, but what U_n is multiplied by */
#ifndef TC_SLOTS_H
#define TC_SLOTS_H

#include "tonecell.h"

/** Consecutive slots, and for each the gate of the matrix (its block of rows) that feeds it. */
struct tc_fed_slots {
    unsigned first, count;
    unsigned char gates[TC_MAX_GATES];
};

struct tc_cell_slots {
    unsigned count;
    unsigned peepholes;        /* of a unit: to i, f, o */
    struct tc_fed_slots input; /* by W_ih, b_ih */
    struct tc_fed_slots state; /* by W_hh */
    struct tc_fed_slots reset; /* by W_hh times r h, where the reset comes before the product */
    struct tc_fed_slots state_bias; /* by b_hh */
};

/** Slots of an LSTM, in the order of its gates; of a GRU. */
enum { SLOT_I, SLOT_F, SLOT_G, SLOT_O };
enum { SLOT_N, SLOT_R, SLOT_Z, SLOT_Q, SLOT_RESET_STATE = SLOT_Q };

static const struct tc_cell_slots tc_cell_slots[] = {
    [TC_CELL_RNN] = {.count = 1,
                     .input = {0, 1, {0}},
                     .state = {0, 1, {0}},
                     .state_bias = {0, 1, {0}}},
    [TC_CELL_LSTM] = {.count = 4,
                      .input = {SLOT_I, 4, {0, 1, 2, 3}},
                      .state = {SLOT_I, 4, {0, 1, 2, 3}},
                      .state_bias = {SLOT_I, 4, {0, 1, 2, 3}}},
    [TC_CELL_LSTM_PEEPHOLE] = {.count = 4,
                               .peepholes = 3,
                               .input = {SLOT_I, 4, {0, 1, 2, 3}},
                               .state = {SLOT_I, 4, {0, 1, 2, 3}},
                               .state_bias = {SLOT_I, 4, {0, 1, 2, 3}}},
    /* The matrices' gates are r, z, n. */
    [TC_CELL_GRU] = {.count = 4,
                     .input = {SLOT_N, 3, {2, 0, 1}},
                     .state = {SLOT_R, 3, {0, 1, 2}},
                     .state_bias = {SLOT_R, 3, {0, 1, 2}}},
    [TC_CELL_GRU_RESET_BEFORE] = {.count = 4,
                                  .input = {SLOT_N, 3, {2, 0, 1}},
                                  .state = {SLOT_R, 2, {0, 1}},
                                  .reset = {SLOT_N, 1, {2}},
                                  .state_bias = {SLOT_N, 3, {2, 0, 1}}},
};

#endif
