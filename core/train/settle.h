/** @file
 *  The state that a model starts from. */
#ifndef TC_SETTLE_H
#define TC_SETTLE_H

#include "tonecell.h"

/** Let a stream run through a second of silence, the knobs at their initial values, and write its
 *  state over h0 and c0 in a vector of the model's parameters. Errors: TC_NO_MEMORY. */
enum tc_status tc_settle(const struct tc_model *model, float *parameters);

#endif
