#include "hand_set_network.h"

#include <stdlib.h>

struct hand_set_network network_new(enum tc_cell cell, enum tc_activation activation,
                                    unsigned layers, unsigned hidden)
{
    struct hand_set_network network = {.arch = {.audio_inputs = 1, .outputs = 1, .layers = layers}};
    size_t n;

    for (unsigned l = 0; l < layers; ++l)
        network.arch.layer[l] = (struct tc_layer){cell, activation, hidden};
    tc_architecture_tensors(&network.arch, network.tensor, &n);
    network.values = support_zeros(n, sizeof *network.values);
    return network;
}

struct hand_set_network network_latch(void)
{
    const struct hand_set_network network = network_new(TC_CELL_LSTM, TC_TANH, 1, 1);

    network_tensor(&network, W_IH)[0] = 20.0f; /* input gate */
    network_tensor(&network, B_IH)[0] = -10.0f;
    network_tensor(&network, B_IH)[1] = 12.0f; /* forget gate: s(12) = 1 - 6e-6 */
    network_tensor(&network, W_IH)[2] = 2.0f;  /* candidate */
    network_tensor(&network, B_IH)[3] = 10.0f; /* output gate */
    network_readout(&network)[0] = 1.0f;
    return network;
}

struct hand_set_network network_leaky_unit(void)
{
    const struct hand_set_network network = network_new(TC_CELL_RNN, TC_TANH, 1, 1);

    network_tensor(&network, W_IH)[0] = 1.0f;
    network_tensor(&network, W_HH)[0] = 0.99f;
    network_readout(&network)[0] = 1.0f;
    return network;
}

float *network_tensor(const struct hand_set_network *network, unsigned index)
{
    return network->values + network->tensor[index].offset;
}

float *network_readout(const struct hand_set_network *network)
{
    return network_tensor(network, tc_architecture_tensors(&network->arch, NULL, NULL) - 2);
}

struct tc_model *network_model(const struct hand_set_network *network)
{
    struct tc_model *const model = support_model_of(&network->arch, network->values);

    free(network->values);
    return model;
}
