#include "random_model.h"

#include <stdlib.h>

struct net net_new(enum tc_cell cell, enum tc_activation activation, unsigned layers,
                   unsigned hidden)
{
    struct net net = {.arch = {.audio_inputs = 1, .outputs = 1, .layers = layers}};
    size_t n;

    for (unsigned l = 0; l < layers; ++l)
        net.arch.layer[l] = (struct tc_layer){cell, activation, hidden};
    tc_architecture_tensors(&net.arch, net.tensor, &n);
    net.values = support_zeros(n, sizeof *net.values);
    return net;
}

struct net net_keeper(void)
{
    const struct net net = net_new(TC_CELL_LSTM, TC_TANH, 1, 1);

    net_tensor(&net, W_IH)[0] = 20.0f; /* input gate */
    net_tensor(&net, B_IH)[0] = -10.0f;
    net_tensor(&net, B_IH)[1] = 12.0f; /* forget gate: s(12) = 1 - 6e-6 */
    net_tensor(&net, W_IH)[2] = 2.0f;  /* candidate */
    net_tensor(&net, B_IH)[3] = 10.0f; /* output gate */
    net_readout(&net)[0] = 1.0f;
    return net;
}

struct net net_forgetter(void)
{
    const struct net net = net_new(TC_CELL_RNN, TC_TANH, 1, 1);

    net_tensor(&net, W_IH)[0] = 1.0f;
    net_tensor(&net, W_HH)[0] = 0.99f;
    net_readout(&net)[0] = 1.0f;
    return net;
}

float *net_tensor(const struct net *net, unsigned index)
{
    return net->values + net->tensor[index].offset;
}

float *net_readout(const struct net *net)
{
    return net_tensor(net, tc_architecture_tensors(&net->arch, NULL, NULL) - 2);
}

struct tc_model *net_model(const struct net *net)
{
    struct tc_model *const model = support_model_of(&net->arch, net->values);

    free(net->values);
    return model;
}
