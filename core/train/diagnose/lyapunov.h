/** @file
 *  Lyapunov exponents by the QR method: a frame of m directions is carried along by the Jacobians
 *  and made orthonormal again after each.
 *
 *      J_t Q_(t-1) = Q_t R_t,   exponent i = mean over t of log |R_t[i][i]|
 *
 *  From: Benettin, Galgani, Giorgilli & Strelcyn 1980. */
#ifndef TC_LYAPUNOV_H
#define TC_LYAPUNOV_H

#include "tonecell-train.h"

struct tc_lyapunov {
    size_t n;
    unsigned m;       /* exponents: TC_MAX_EXPONENTS, or n if that is less */
    double *q, *next; /* (m, n): a direction after the other; they are swapped */
    double *memory;
    double sum[TC_MAX_EXPONENTS];
    size_t counted;
};

/** For a state of n values. Errors: TC_NO_MEMORY; tc_lyapunov_done() in either case. */
enum tc_status tc_lyapunov_init(struct tc_lyapunov *lyapunov, size_t n);
void tc_lyapunov_done(struct tc_lyapunov *lyapunov);

/** Set out afresh in directions of no meaning; sums go on. */
enum tc_status tc_lyapunov_start(struct tc_lyapunov *lyapunov);

/** Go with a frame's Jacobian (n, n); `counts`: it enters the mean. */
enum tc_status tc_lyapunov_step(struct tc_lyapunov *lyapunov, const double *jacobian, bool counts);

/** The exponents [m], the largest first. */
void tc_lyapunov_exponents(const struct tc_lyapunov *lyapunov, double *exponents);

#endif
