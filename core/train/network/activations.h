/** @file
 *  Activations that can be trained and diagnosed. */
#ifndef TC_ACTIVATIONS_H
#define TC_ACTIVATIONS_H

#include "tonecell.h"

/** That the gradient is known of all activations; `done` is a word of the message, "trained". */
enum tc_status tc_activations_check(const struct tc_architecture *arch, const char *done,
                                    struct tc_error *error);

#endif
