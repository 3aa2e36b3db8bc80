/** @file
 *  From the vector that the optimiser updates to the network's parameters, and into the kernels. */
#ifndef TC_PARAMETERS_H
#define TC_PARAMETERS_H

#include "train/trainer.h"

/** Compute the network's parameters from the unconstrained vector: constrained matrices, and
 *  weights with batch normalisation folded in. */
void tc_parameters_apply_constraints(struct tc_trainer *trainer);

/** The same from and to other vectors, laid out as those of the state. The constraints keep what
 *  the next gradient needs of the parameters computed last, which must then be the trainer's
 *  own. */
void tc_parameters_constrain(const struct tc_trainer *trainer, const float *unconstrained,
                             float *parameters);

/** Pack them for the kernels; they must not change until the next call. */
void tc_parameters_pack(struct tc_trainer *trainer);

/** Bring back the parameters of the best validation, and the optimiser to its start. */
void tc_parameters_restore_best(struct tc_trainer *trainer);

#endif
