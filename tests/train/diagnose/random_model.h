/** @file
 *  Small networks whose weights are set one by one, so that their gradients are known. */
#ifndef NET_H
#define NET_H

#include "tests/support/support.h"

/** Layers of one kind with one input and output, all weights 0 at first. */
struct net {
    struct tc_architecture arch;
    struct tc_tensor tensor[TC_MAX_TENSORS];
    float *values;
};

enum { W_IH, W_HH, B_IH, B_HH }; /* tensors of a layer */

struct net net_new(enum tc_cell cell, enum tc_activation activation, unsigned layers,
                   unsigned hidden);

/** An LSTM that takes in a pulse and keeps it: the input gate opens for the pulse alone, the forget
 *  gate is driven open. */
struct net net_keeper(void);

/** A plain unit that forgets as slowly as 0.99. */
struct net net_forgetter(void);

float *net_tensor(const struct net *net, unsigned index);

/** The readout's weights, behind the layers' tensors. */
float *net_readout(const struct net *net);

/** Its model. The values of the net are freed. */
struct tc_model *net_model(const struct net *net);

#endif
