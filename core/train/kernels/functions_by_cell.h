/** @file
 *  One row per cell: what forward.h and backward.h take from its ..._gates.h. Part of source.h. */
#ifndef TC_FUNCTIONS_BY_CELL_H
#define TC_FUNCTIONS_BY_CELL_H

static const struct training_functions {
    struct cell_forward forward;
    struct cell_backward backward;
} training_functions[] = {
    [TC_CELL_RNN] = {{rnn_sums, rnn_forward, NULL}, {rnn_backward, NULL}},
    [TC_CELL_LSTM] = {{lstm_sums, lstm_forward, NULL}, {lstm_backward, NULL}},
    [TC_CELL_LSTM_PEEPHOLE] = {{lstm_sums, lstm_peephole_forward, NULL},
                               {lstm_peephole_backward, NULL}},
    [TC_CELL_GRU] = {{gru_sums, gru_forward, NULL}, {gru_backward, NULL}},
    [TC_CELL_GRU_RESET_BEFORE] = {{reset_before_sums, reset_before_forward,
                                   reset_before_candidates},
                                  {reset_before_backward, reset_before_resets}},
};

static void forward(const struct tc_layer_block *layer, const float *weights)
{
    layer_forward(layer, &training_functions[layer->cell].forward, weights);
}

static void backward(const struct tc_layer_block *layer, const float *weights, float *gradient)
{
    layer_backward(layer, &training_functions[layer->cell].backward, weights, gradient);
}

#endif
