/** @file
 *  All cells as a table, from the rows of cell_rows.h.
 *
 *  Adding a cell NAME takes its constant in enum tc_cell, its row, and its equations, which the
 *  row's names find:
 *
 *      plain C     core/cells/NAME.c                   tc_NAME_step()
 *      streams     core/kernels/NAME_block.h           NAME_block(), NAME_half_block()
 *      training    core/train/kernels/NAME_gates.h     NAME_gates_forward(), NAME_gates_backward()
 *      diagnosis   core/train/exact/NAME_jacobian.c    tc_jacobian_NAME()
 *
 *  with the files in their local.mk, and the two headers among those that kernels/group_step.h and
 *  train/kernels/source.h include.
 *
 *  Every file that includes this one has the table as a constant, so that the compiler resolves the
 *  properties of a kernel's cell. */
#ifndef TC_CELL_TABLE_H
#define TC_CELL_TABLE_H

#include "model/cell_slots.h"

/* Orders of gates: entry i is the index of a format's i-th gate in the native order, PyTorch's: i,
 * f, g, o and r, z, n. */
#define TC_GATES_NATIVE \
    {                   \
        0, 1, 2, 3      \
    }
#define TC_GATES_IOFC \
    {                 \
        0, 3, 1, 2    \
    } /* ONNX: input, output, forget, cell */
#define TC_GATES_ZRN \
    {                \
        1, 0, 2      \
    } /* ONNX, Keras: update, reset, new */

/* All gates of an LSTM, in their order. */
#define TC_LSTM_SLOTS                                                                       \
    {                                                                                       \
        .count = 4, .input = {SLOT_I, 4, {0, 1, 2, 3}}, .state = {SLOT_I, 4, {0, 1, 2, 3}}, \
        .state_bias = {                                                                     \
            SLOT_I,                                                                         \
            4,                                                                              \
            {0, 1, 2, 3}                                                                    \
        }                                                                                   \
    }

struct tc_cell_row {
    struct tc_cell_description description;
    struct tc_cell_slots slots;
};

static const struct tc_cell_row tc_cell_table[TC_CELLS] = {
#define TC_CELL_ROW(cell, name, equations, ...) [cell] = {__VA_ARGS__},
#include "model/cell_rows.h"
};

#endif
