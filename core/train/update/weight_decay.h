/** @file
 *  Weight decay. */
#ifndef TC_WEIGHT_DECAY_H
#define TC_WEIGHT_DECAY_H

#include "train/network/weights.h"

/** w *= factor for the matrices of a network: W_ih and the readout's, and with `recurrent` W_hh;
 *  not biases and initial states. With factor = 1 - rate * weight_decay that is the decay of AdamW:
 *  beside the optimiser's step, and not divided by its denominator.
 *
 *  p  the network's parameters (or the vector that they are computed from)
 *
 *  From: Loshchilov & Hutter 2019. */
void tc_weight_decay(const struct tc_weights *weights, bool recurrent, float *p, float factor);

#endif
