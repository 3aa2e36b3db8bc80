/** @file
 *  Constrained recurrent matrices (parametrisation): each gate's H x H block W of a layer's
 *  weight_hh is a function of another matrix, which takes W's position in the unconstrained vector
 *  that the optimiser updates.
 *
 *      orthogonal    W = (I + A)^-1 (I - A) D
 *      normalised    W = T / (rho + 1e-5)          rho: the spectral radius of T
 *
 *  A is skew, D diagonal of 1s and -1s that stay: the scaled Cayley transform, from Helfrich,
 *  Willmott & Ye 2018 (scoRNN). It is computed anew from A in every update, so no error adds up.
 *  Normalised: from Helfrich & Ye 2020 (ENRNN). */
#ifndef TC_CONSTRAINT_H
#define TC_CONSTRAINT_H

#include "tonecell-train.h"
#include "train/data/random.h"

#include <lapacke.h>

/** One block W, and what the last tc_constraint_apply() stored for the gradient. */
struct tc_constrained_matrix {
    size_t at, n;      /* offset of its first value in a vector of parameters; rows */
    size_t negatives;  /* the first so many of D are -1 */
    double *factors;   /* (n, n) L and U of I - A; or the gradient of rho in T */
    lapack_int *pivot; /* (n) of L and U */
    double divisor;    /* rho + 1e-5 */
};

struct tc_constraint {
    enum tc_recurrent kind;
    size_t n_matrices; /* 0: all are free */
    struct tc_constrained_matrix *matrix;
    double *scratch; /* 3 n (n + 8) of the largest */
    double *doubles;
    lapack_int *pivots;
};

/** What the options ask for. Errors: TC_NO_MEMORY. */
enum tc_status tc_constraint_new(struct tc_constraint **constraint,
                                 const struct tc_architecture *arch,
                                 const struct tc_train_options *options, struct tc_error *error);
void tc_constraint_free(struct tc_constraint *constraint);

/** Write what the matrices start from to their positions: of A blocks of 2 x 2 with which W turns
 *  pairs of units by angles uniform in 0 to pi / 2. T starts as what is there. */
void tc_constraint_start(const struct tc_constraint *constraint, struct tc_random *random,
                         float *unconstrained);

/** parameters[...] = W of each constrained matrix, from A or T in the unconstrained vector. */
void tc_constraint_apply(const struct tc_constraint *constraint, const float *unconstrained,
                         float *parameters);

/** Turn dL/dW of each constrained matrix, as last applied, into dL/dA or dL/dT, in place.
 *
 *      V = (I + A)^-T dW (D + W^T),   dA = V^T - V
 *
 *      dT = (dW - <dW, W> C) / (rho + 1e-5),   C = drho/dT = Re(conj(l) u v^T) / rho
 *
 *  with l the largest eigenvalue of T, v and u its right and left eigenvectors, u^T v = 1. */
void tc_constraint_gradient(const struct tc_constraint *constraint, const float *parameters,
                            float *gradient);

#endif
