/** @file
 *  May a model's states be fed back after a number of frames that is not 1, and how? */
#ifndef TC_STABLE_DELAY_H
#define TC_STABLE_DELAY_H

#include "stream/recurrence_delay.h"

/** The delay by d frames, cubic before linear, that keeps the model stable; without taps if none
 *  does, or the model's eigenvalues are not known (tc_find_eigenvalues()).
 *
 *  Near a fixed point the states are a linear system s[t] = J s[t - d], whose poles are the zeros
 *  of
 *
 *      z^K - e sum_k l_k z^(K - k)       for each eigenvalue e of J, K the oldest frame read
 *
 *  Stable means that all lie within the unit circle. From: Carson et al. 2024, as in
 *  recurrence_delay.h; Schur 1917, Cohn 1922 (the test). */
struct tc_recurrence_delay tc_stable_delay(const struct tc_model *model, double d);

/** What is expected of a model's output with this delay by d frames against the model at its own
 *  rate, in dB: of the linear system near its fixed points, with the sound of a guitar
 *  (core/train/exact/delay_sensitivity.h). -INFINITY if the model's sensitivity is not known, or
 *  d a whole number. Aliasing, which is another at another rate, is not in it. */
double tc_delay_error_db(const struct tc_model *model, const struct tc_recurrence_delay *delay,
                         double d);

#endif
