/** @file
 *  Shared by programs that measure. They do not use Check, and exit on any failure. */
#ifndef NOISE_MODEL_H
#define NOISE_MODEL_H

#include "tonecell.h"

/** End the program with its name and a message. */
_Noreturn void fail(const char *message);

/** One layer with an input and an output, at 48 kHz. Tensors with `noisy` in their names, all of
 *  them if it is "", hold noise within +-0.5, the others 0. */
struct tc_model *noise_model(enum tc_cell cell, unsigned hidden, const char *noisy);

#endif
