/** @file
 *  All cells, one row each.
 *
 *  Adding a cell takes its name in enum tc_cell, a row here, its equations in core/cells, and:
 *
 *   plain C    core/cells          the order of its columns in pack_columns.c, its declaration in
 *                                  cells.h, a row in kernels/kernels_c.c
 *   streams    core/kernels        a row of weight_layout.h for each of its products, its gates in
 *                                  gates_by_*.h, a case in group_step.h, rows in layer_forward.h,
 *                                  and in pack_weights.h where it has a second product
 *   training   core/train/kernels  a file of gates, rows in slots.h and functions_by_cell.h
 *   diagnosis  core/train/exact    its Jacobian, and a row in network_jacobian.c
 *
 *  Every file that includes this one has the table as a constant, so that the compiler resolves the
 *  properties of a kernel's cell. */
#ifndef TC_CELL_TABLE_H
#define TC_CELL_TABLE_H

#include "tonecell.h"

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

static const struct tc_cell_description tc_cell_table[TC_CELLS] = {
    [TC_CELL_RNN] = {.name = "rnn",
                     .family = "rnn",
                     .any_activation = true,
                     .gates = 1,
                     .gate = {"units"},
                     .forget_gate = -1,
                     .keep_gate = -1,
                     .write_gate = -1,
                     .image_version = 1,
                     .format = {[TC_EXPORT_GUITARML] = {"RNN", TC_GATES_NATIVE},
                                /* where its recurrent matrix is 0 */
                                [TC_EXPORT_KERAS] = {"dense", TC_GATES_NATIVE},
                                [TC_EXPORT_ONNX] = {"RNN", TC_GATES_NATIVE}}},
    [TC_CELL_LSTM] = {.name = "lstm",
                      .family = "lstm",
                      .has_c = true,
                      .gates = 4,
                      .logistic = 1 << 0 | 1 << 1 | 1 << 3,
                      .gate = {"input", "forget", "candidate", "output"},
                      .forget_gate = 1,
                      .keep_gate = 1,
                      .write_gate = 0,
                      .image_version = 1,
                      .format = {[TC_EXPORT_GUITARML] = {"LSTM", TC_GATES_NATIVE},
                                 [TC_EXPORT_KERAS] = {"lstm", TC_GATES_NATIVE},
                                 [TC_EXPORT_AIDAX] = {"lstm", TC_GATES_NATIVE},
                                 [TC_EXPORT_NAM] = {"LSTM", TC_GATES_NATIVE},
                                 [TC_EXPORT_ONNX] = {"LSTM", TC_GATES_IOFC}}},
    [TC_CELL_GRU] = {.name = "gru",
                     .family = "gru",
                     .reset = TC_RESET_AFTER,
                     .gates = 3,
                     .logistic = 1 << 0 | 1 << 1,
                     .gate = {"reset", "update", "candidate"},
                     .forget_gate = -1,
                     .keep_gate = 1,
                     .write_gate = -1,
                     .image_version = 1,
                     .format = {[TC_EXPORT_GUITARML] = {"GRU", TC_GATES_NATIVE},
                                [TC_EXPORT_KERAS] = {"gru", TC_GATES_ZRN},
                                [TC_EXPORT_AIDAX] = {"gru", TC_GATES_ZRN},
                                [TC_EXPORT_ONNX] = {"GRU", TC_GATES_ZRN}}},
    [TC_CELL_LSTM_PEEPHOLE] = {.name = "lstm-peephole",
                               .family = "lstm",
                               .peephole = true,
                               .has_c = true,
                               .gates = 4,
                               .logistic = 1 << 0 | 1 << 1 | 1 << 3,
                               .gate = {"input", "forget", "candidate", "output"},
                               .forget_gate = 1,
                               .keep_gate = 1,
                               .write_gate = 0,
                               .image_version = 2,
                               .format = {[TC_EXPORT_ONNX] = {"LSTM", TC_GATES_IOFC}}},
    [TC_CELL_GRU_RESET_BEFORE] = {.name = "gru-reset-before",
                                  .family = "gru",
                                  .reset = TC_RESET_BEFORE,
                                  .gates = 3,
                                  .logistic = 1 << 0 | 1 << 1,
                                  .gate = {"reset", "update", "candidate"},
                                  .forget_gate = -1,
                                  .keep_gate = 1,
                                  .write_gate = -1,
                                  .image_version = 2,
                                  .format = {[TC_EXPORT_ONNX] = {"GRU", TC_GATES_ZRN}}},
};

#endif
