/** @file
 *  The optimiser. */
#ifndef TC_ADAM_H
#define TC_ADAM_H

#include <stddef.h>

struct tc_adam {
    float *m, *v;              /* (values) running means of the gradient and of its square */
    double m_weight, v_weight; /* beta1^t, beta2^t: how much of the zero start is left */
};

/** Update n parameters with the gradient times `scale`.
 *
 *      m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
 *      p -= rate * m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
 *
 *  b1 0.9, b2 0.999, eps 1e-8. From: Kingma & Ba 2015. */
void tc_adam_update(struct tc_adam *adam, float *parameters, const float *gradient, size_t n,
                    float scale, double rate);

/** Forget all gradients. */
void tc_adam_reset(struct tc_adam *adam, size_t n);

#endif
