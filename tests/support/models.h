/** @file
 *  Models with random parameters. */
#ifndef SUPPORT_MODELS_H
#define SUPPORT_MODELS_H

#include "tonecell.h"

/** Random parameters within +-1 / sqrt(hidden), h0 and c0 too; *n (may be NULL) receives their
 *  number. The caller frees them. */
float *support_parameters(const struct tc_architecture *arch, uint64_t seed, size_t *n);

/** A model with such parameters, at 48 kHz. Its knobs have the range 0 to 1, mapped to -1 to 1. */
struct tc_model *support_model(const struct tc_architecture *arch, uint64_t seed);

/** The same with given parameters. */
struct tc_model *support_model_of(const struct tc_architecture *arch, const float *parameters);

#endif
