/** @file
 *  Recurrent matrices that training holds to a form: each gate's H x H block W of a layer's
 *  weight_hh is a function of another matrix, which stands in its place in the vector that the
 *  optimiser moves.
 *
 *      orthogonal    W = (I + A)^-1 (I - A) D
 *
 *  A is skew, D diagonal of 1s and -1s that stay: the scaled Cayley transform, from Helfrich,
 *  Willmott & Ye 2018 (scoRNN). It is made anew from A in every update, so no error adds up. */
#ifndef TC_HELD_H
#define TC_HELD_H

#include "tonecell-train.h"
#include "train/random.h"

#include <lapacke.h>

/** One block W, and what the last tc_held_make() left for the gradient. */
struct tc_held_matrix {
    size_t at, n;      /* place of its first value in a vector of parameters; rows */
    size_t negatives;  /* the first so many of D are -1 */
    double *factors;   /* (n, n) L and U of I - A */
    lapack_int *pivot; /* (n) */
};

struct tc_held {
    size_t n_matrices; /* 0: all are free */
    struct tc_held_matrix *matrix;
    double *scratch; /* (n, n) of the largest, three times */
    double *doubles;
    lapack_int *pivots;
};

/** What the options hold. Errors: TC_NO_MEMORY. */
enum tc_status tc_held_new(struct tc_held **held, const struct tc_architecture *arch,
                           const struct tc_train_options *options, struct tc_error *error);
void tc_held_free(struct tc_held *held);

/** Put what the matrices start from into their places: blocks of 2 x 2 of A with which W turns
 *  pairs of units by angles uniform in 0 to pi / 2. */
void tc_held_start(const struct tc_held *held, struct tc_random *random, float *behind);

/** parameters[...] = W of each held matrix, from what stands behind it. */
void tc_held_make(const struct tc_held *held, const float *behind, float *parameters);

/** Turn dL/dW of each held matrix, as last made, into dL/dA, in place.
 *
 *      V = (I + A)^-T dW (D + W'),   dA = V' - V */
void tc_held_gradient(const struct tc_held *held, const float *parameters, float *gradient);

#endif
