/** @file
 *  Cross-entropy of targets and probabilities: the loss of training and the score of a model. */
#ifndef TC_CROSS_ENTROPY_H
#define TC_CROSS_ENTROPY_H

#include "tonecell.h"

/** In nats, the sum over n frames, from `start` on in both, as tc_score_add_probabilities() has
 *  it. */
double tc_cross_entropy(enum tc_readout readout, unsigned outputs, const float *const *target,
                        const float *const *y, size_t start, size_t n);

#endif
