/** @file
 *  The loss of one sample. */
#ifndef TC_SAMPLE_LOSS_H
#define TC_SAMPLE_LOSS_H

#include "tonecell-train.h"

/** The loss l of an error e of one sample; r is the RMS of the targets.
 *
 *      TC_LOSS_ESR, TC_LOSS_MSE    l = e^2                    dl/de = 2 e
 *      TC_LOSS_MAE                 l = r |e|                  dl/de = r sign(e), 0 where e is 0
 *      TC_LOSS_LOG_COSH            l = r^2 log cosh(e / r)    dl/de = r tanh(e / r)
 *
 *  Divided by r^2 all but the second depend on e / r alone. Cannot fail. */
double tc_sample_loss(enum tc_loss loss, float e, float r);
float tc_sample_loss_derivative(enum tc_loss loss, float e, float r);

#endif
