/** @file
 *  A frame through one layer in double, and the error that a kernel may have.
 *
 *  With S a sum, dS its bound in kernels.h, and A = TC_ACTIVATION_ERROR, slopes are at most 1
 *  (tanh) and 1/4 (logistic), so
 *
 *      d tanh S <= dS + A              d s(S) <= dS / 4 + A
 *      d (a b) <= da (|b| + db) + db |a|
 *
 *  and each cell adds a few roundings of its terms. */
#ifndef EXACT_STEP_H
#define EXACT_STEP_H

#include "kernels/kernels.h"

struct value {
    double v, error;
};

/** A float without error. */
struct value exact_value(float v);

/** Whether v is within the error of `expected`; false for NaN. */
bool within(float v, struct value expected);

/** One step of one channel. `saturated`: every sum with the input in it is so large that its error
 *  has no effect after a bounded activation. */
struct step {
    const struct tc_layer_weights *weights;
    const float *x, *h, *c;
    bool saturated;
};

/** The new h, and c of an LSTM. */
struct value expected_unit(const struct step *step, size_t unit, struct value *c);

#endif
