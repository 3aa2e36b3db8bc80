/** @file
 *  Direct paths for formats that have none. */
#ifndef TC_RESIDUAL_H
#define TC_RESIDUAL_H

#include "tonecell.h"

/** Fold the direct path of a network of one LSTM layer, one input and one output into the layer:
 * one more unit, whose gates are saturated by their biases, outputs a thousandth of the input,
 * which is so small that both tanh are linear:
 *
 *      i = o = s(30) = 1   f = s(-30) = 0   g = tanh(x / 1000)   h = tanh(g) ~ x / 1000
 *
 *  and the readout multiplies it by a thousand times the gain of the path. Without a direct path
 * the result is a copy. Errors: TC_UNSUPPORTED for other networks (`format` is for the message),
 * and as tc_model_new(). */
enum tc_status tc_model_fold_direct(const struct tc_model *model, const char *format,
                                    struct tc_model **folded, struct tc_error *error);

#endif
