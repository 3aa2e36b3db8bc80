/** @file
 *  Optimisers. */
#ifndef TC_OPTIMIZER_H
#define TC_OPTIMIZER_H

#include "tonecell-train.h"

struct tc_optimizer_state {
    enum tc_optimizer kind;
    float momentum;            /* of SGD */
    float *m, *v;              /* (state.n.updated) running means of the gradient, of its square; of
                                  SGD m is their sum, and v stays 0 */
    double m_weight, v_weight; /* Adam's b1^t, b2^t: the weight of the zero start in the means */
};

/** Forget all gradients, n of each. */
void tc_optimizer_reset(struct tc_optimizer_state *state, size_t n);

/** Begin an update, in which every parameter may be updated once. */
void tc_optimizer_begin(struct tc_optimizer_state *state);

/** Update n parameters from `first` on, by the gradient times `scale`.
 *
 *      Adam       m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
 *                 p -= rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
 *      RMSprop    v = b v + (1 - b) g^2
 *                 p -= rate * g / (sqrt(v) + eps)
 *
 *      SGD        m = momentum m + g,   p -= rate * m
 *
 *  b1 0.9, b2 0.999, b 0.9, eps 1e-8. From: Kingma & Ba 2015; Tieleman & Hinton 2012; Polyak 1964,
 *  in the form of torch.optim.SGD. */
void tc_optimizer_update(struct tc_optimizer_state *state, float *parameters, const float *gradient,
                         size_t first, size_t n, float scale, double rate);

#endif
