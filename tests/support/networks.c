#include "networks.h"

#define RNN(act, n)                                             \
    {                                                           \
        .cell = TC_CELL_RNN, .activation = (act), .hidden = (n) \
    }
#define LSTM(n)                             \
    {                                       \
        .cell = TC_CELL_LSTM, .hidden = (n) \
    }
#define PEEPHOLE(n)                                  \
    {                                                \
        .cell = TC_CELL_LSTM_PEEPHOLE, .hidden = (n) \
    }
#define GRU(n)                             \
    {                                      \
        .cell = TC_CELL_GRU, .hidden = (n) \
    }
#define GRU_BEFORE(n)                                   \
    {                                                   \
        .cell = TC_CELL_GRU_RESET_BEFORE, .hidden = (n) \
    }
#define NETWORK(text, in, n_knobs, out, n_layers, path, ...) \
    {                                                        \
        .name = (text), .arch = {                            \
            .audio_inputs = (in),                            \
            .knobs = (n_knobs),                              \
            .outputs = (out),                                \
            .layers = (n_layers),                            \
            .direct = (path),                                \
            .layer = {__VA_ARGS__}                           \
        }                                                    \
    }

const struct support_network support_networks[SUPPORT_NETWORKS] = {
    NETWORK("rnn tanh", 1, 0, 1, 1, 0.0f, RNN(TC_TANH, 5)),
    NETWORK("rnn logistic", 1, 0, 1, 1, 1.0f, RNN(TC_LOGISTIC, 5)),
    NETWORK("rnn relu", 1, 1, 1, 1, 0.0f, RNN(TC_RELU, 6)),
    NETWORK("rnn identity", 2, 0, 2, 1, -1.0f, RNN(TC_IDENTITY, 3)),
    NETWORK("lstm", 1, 0, 1, 1, 1.0f, LSTM(4)),
    NETWORK("lstm, one unit", 1, 0, 1, 1, 0.0f, LSTM(1)),
    NETWORK("gru", 1, 0, 1, 1, 1.0f, GRU(4)),
    NETWORK("gru, knobs", 1, 2, 1, 1, -1.0f, GRU(3)),
    NETWORK("two lstm, knob, stereo", 2, 1, 2, 2, 1.0f, LSTM(4), LSTM(2)),
    NETWORK("two gru", 1, 0, 1, 2, 0.0f, GRU(2), GRU(5)),
    NETWORK("two rnn", 1, 0, 1, 2, 1.0f, RNN(TC_TANH, 3), RNN(TC_RELU, 5)),
    NETWORK("gru, lstm, rnn, three knobs", 1, 3, 1, 3, 1.0f, GRU(3), LSTM(2), RNN(TC_TANH, 4)),
    /* None of check_gradient's signals takes a unit to the kink of modReLU, where there is no
     * derivative. */
    NETWORK("rnn modrelu", 1, 1, 1, 1, 1.0f, RNN(TC_MODRELU, 5)),
    NETWORK("two rnn modrelu", 2, 0, 2, 2, 0.0f, RNN(TC_MODRELU, 5), RNN(TC_MODRELU, 19)),
    {"lstm, logistic readout",
     {.audio_inputs = 2,
      .knobs = 1,
      .outputs = 2,
      .layers = 1,
      .direct = 1.0f,
      .readout = TC_READOUT_LOGISTIC,
      .layer = {LSTM(3)}}},
    {"gru, softmax of four",
     {.audio_inputs = 4,
      .outputs = 4,
      .layers = 1,
      .readout = TC_READOUT_SOFTMAX,
      .layer = {GRU(5)}}},
    NETWORK("lstm with peepholes", 1, 1, 1, 1, 1.0f, PEEPHOLE(5)),
    NETWORK("peepholes, gru, peepholes", 1, 0, 1, 3, 0.0f, PEEPHOLE(2), GRU(3), PEEPHOLE(4)),
    NETWORK("gru, reset before", 1, 1, 1, 1, -1.0f, GRU_BEFORE(5)),
    NETWORK("reset before, lstm, reset before", 2, 0, 2, 3, 1.0f, GRU_BEFORE(4), LSTM(2),
            GRU_BEFORE(3)),
    {.name = "gru, lstm, lstm, rnn, residual",
     .arch = {.audio_inputs = 1,
              .outputs = 1,
              .layers = 4,
              .residual = true,
              .layer = {GRU(3), LSTM(5), LSTM(5), RNN(TC_TANH, 5)}}},
    {.name = "three rnn, residual below",
     .arch = {.audio_inputs = 2,
              .outputs = 2,
              .layers = 3,
              .direct = 1.0f,
              .residual = true,
              .layer = {RNN(TC_IDENTITY, 4), RNN(TC_TANH, 4), GRU(3)}}},
    {.name = "lstm, layer normalisation",
     .arch = {.audio_inputs = 1,
              .outputs = 1,
              .layers = 1,
              .direct = 1.0f,
              .layer_norm = true,
              .layer = {LSTM(4)}}},
    {.name = "gru, gru, peepholes, residual, layer normalisation",
     .arch = {.audio_inputs = 2,
              .outputs = 1,
              .layers = 3,
              .residual = true,
              .layer_norm = true,
              .layer = {GRU(5), GRU(5), PEEPHOLE(3)}}},
    NETWORK("rnn elu", 1, 1, 1, 1, 1.0f, RNN(TC_ELU, 5)),
    NETWORK("rnn softmax, lstm, rnn elu", 2, 0, 2, 3, 0.0f, RNN(TC_SOFTMAX, 5), LSTM(4),
            RNN(TC_ELU, 19)),
};
