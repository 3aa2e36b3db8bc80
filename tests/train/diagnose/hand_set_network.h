/** @file
 *  Small networks with weights set one by one, so that their gradients are known. */
#ifndef HAND_SET_NETWORK_H
#define HAND_SET_NETWORK_H

#include "tests/support/support.h"

/** Layers of one kind with one input and output, all weights initially 0. */
struct hand_set_network {
    struct tc_architecture arch;
    struct tc_tensor tensor[TC_MAX_TENSORS];
    float *values;
};

enum { W_IH, W_HH, B_IH, B_HH }; /* tensors of a layer */

struct hand_set_network network_new(enum tc_cell cell, enum tc_activation activation,
                                    unsigned layers, unsigned hidden);

/** An LSTM that stores a pulse: the input gate opens for the pulse alone, the forget gate is open.
 */
struct hand_set_network network_latch(void);

/** A plain unit with U = 0.99. */
struct hand_set_network network_leaky_unit(void);

/** A tensor by its index. */
float *network_tensor(const struct hand_set_network *network, unsigned index);

/** The readout's weights. */
float *network_readout(const struct hand_set_network *network);

/** Its model, for the caller to free. Frees the values of the network. */
struct tc_model *network_model(const struct hand_set_network *network);

#endif
