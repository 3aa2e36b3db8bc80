/* One row per cell, in the order of enum tc_cell: all that is known of it beside its equations.
 *
 *     TC_CELL_ROW(cell, name, equations, struct tc_cell_row)
 *
 *     name         of its functions in core/cells and core/kernels
 *     equations    of its functions in core/train: its own name, or that of the cell whose
 *                  equations hold for it as well
 *
 * Whoever includes this defines TC_CELL_ROW before; cell_table.h shows what a cell consists of. */
TC_CELL_ROW(TC_CELL_RNN, rnn, rnn,
            .description = {.name = "rnn",
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
            .slots = {
                .count = 1, .input = {0, 1, {0}}, .state = {0, 1, {0}}, .state_bias = {0, 1, {0}}})

TC_CELL_ROW(TC_CELL_LSTM, lstm, lstm,
            .description = {.name = "lstm",
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
            .slots = TC_LSTM_SLOTS)

TC_CELL_ROW(TC_CELL_GRU, gru, gru,
            .description = {.name = "gru",
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
            .slots = {.count = 4,
                      .input = {SLOT_N, 3, {2, 0, 1}},
                      .state = {SLOT_R, 3, {0, 1, 2}},
                      .state_bias = {SLOT_R, 3, {0, 1, 2}}})

TC_CELL_ROW(TC_CELL_LSTM_PEEPHOLE, lstm_peephole, lstm,
            .description = {.name = "lstm-peephole",
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
            .slots = TC_LSTM_SLOTS)

TC_CELL_ROW(TC_CELL_GRU_RESET_BEFORE, gru_reset_before, gru_reset_before,
            .description = {.name = "gru-reset-before",
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
            .slots = {.count = 4,
                      .input = {SLOT_N, 3, {2, 0, 1}},
                      .state = {SLOT_R, 2, {0, 1}},
                      .reset = {SLOT_N, 1, {2}},
                      .state_bias = {SLOT_N, 3, {2, 0, 1}},
                      .r = SLOT_R,
                      .reset_state = SLOT_RESET_STATE})

#undef TC_CELL_ROW
