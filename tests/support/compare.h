/** @file
 *  Comparisons of samples, parameters, gradients and matrices. */
#ifndef SUPPORT_COMPARE_H
#define SUPPORT_COMPARE_H

#include "tonecell.h"

/** ck_assert_msg() for loops over many values: Check logs every passing assertion, which is slow;
 *  this does not. Needs check.h. */
#define support_require(condition, ...) \
    do {                                \
        if (!(condition))               \
            ck_abort_msg(__VA_ARGS__);  \
    } while (0)

/** Whether n values have the same bits: NaN equals itself and 0 does not equal -0. */
bool support_same(const float *a, const float *b, size_t n);

/** Whether two models of one architecture have the same parameters to the bit. */
bool support_same_parameters(const struct tc_model *a, const struct tc_model *b);

/** Fails unless the norm of the difference, in one tensor of a whole gradient, is at most
 *  `tolerance` times the norm of the exact gradient. The message begins with `what`. */
void support_compare_tensor(const struct tc_tensor *tensor, const float *gradient,
                            const double *exact, double tolerance, const char *what);

/** The same for every tensor. */
void support_compare_gradients(const struct tc_architecture *arch, const float *gradient,
                               const double *exact, double tolerance, const char *what);

/** The largest absolute value in U^T U - 1: 0 if the matrix (n, n) is orthogonal. */
double support_orthogonality_error(const float *u, size_t n);

#endif
